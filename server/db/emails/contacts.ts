import { randomUUID } from 'node:crypto'
import { type ExpressionBuilder, type Kysely, sql } from 'kysely'
import type { DB } from '../engine/schema.ts'

/** By any of their addresses. */
export function findContact(db: Kysely<DB>, userId: string, address: string) {
  return db
    .selectFrom('contacts')
    .where('userId', '=', userId)
    .where('id', '=', (eb) => idOf(eb, userId, address))
    .select(['id', 'name', 'address', 'company', 'companySource', 'notes', 'updatedAt'])
    .executeTakeFirst()
}

/**
 * Whose address it is. An older release knows only of main addresses, and may make another contact of what is one's
 * further address here: that does not count.
 */
export function idOf(eb: ExpressionBuilder<DB, 'contacts'>, userId: string, address: string) {
  return eb.fn.coalesce(
    eb.selectFrom('contactAddresses').where('userId', '=', userId).where('address', '=', address).select('contactId'),
    eb
      .selectFrom('contacts as named')
      .where('named.userId', '=', userId)
      .where('named.address', '=', address)
      .select('named.id'),
  )
}

/**
 * A correspondent becomes a contact with the first mail. Of a known one a mail adds what nobody has written yet: a name
 * once known is kept, and what the owner left empty stays so.
 */
export async function noteCorrespondent(
  trx: Kysely<DB>,
  userId: string,
  told: { address: string; name: string; company: string | null; now: string },
): Promise<void> {
  const { address, name, company, now } = told
  const lacksName = sql<boolean>`(contacts.name = '' and contacts.name_source = 'mail' and excluded.name <> '')`
  const lacksCompany = sql<boolean>`(contacts.company is null and contacts.company_source is null and excluded.company is not null)`
  await trx
    .insertInto('contacts')
    .columns(['userId', 'id', 'address', 'name', 'company', 'companySource', 'createdAt', 'updatedAt'])
    .expression(
      trx
        .selectNoFrom([
          sql`${userId}::uuid`.as('userId'),
          sql`${randomUUID()}::uuid`.as('id'),
          sql`${address}::text`.as('address'),
          sql`${name}::text`.as('name'),
          sql`${company}::text`.as('company'),
          sql`${company === null ? null : 'mail'}::text`.as('companySource'),
          sql`${now}::timestamptz`.as('createdAt'),
          sql`${now}::timestamptz`.as('updatedAt'),
        ])
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('contactAddresses')
                .where('userId', '=', userId)
                .where('address', '=', address)
                .select('contactId'),
            ),
          ),
        ),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['userId', 'address'])
        .doUpdateSet({
          name: sql`case when ${lacksName} then excluded.name else contacts.name end`,
          company: sql`case when ${lacksCompany} then excluded.company else contacts.company end`,
          companySource: sql`case when ${lacksCompany} then 'mail' else contacts.company_source end`,
          version: sql`contacts.version + 1`,
          updatedAt: now,
        })
        .where(sql<boolean>`${lacksName} or ${lacksCompany}`),
    )
    .execute()
}

export async function noteContacted(
  trx: Kysely<DB>,
  userId: string,
  address: string,
  contactedAt: string,
): Promise<void> {
  await trx
    .updateTable('contacts')
    .set({ lastContactedAt: contactedAt })
    .where('userId', '=', userId)
    .where('id', '=', (eb) => idOf(eb, userId, address))
    .execute()
}
