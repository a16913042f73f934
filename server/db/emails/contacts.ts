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
 * once known is kept, and what the owner left empty stays so. A contact to which it adds nothing is not locked.
 */
export async function noteCorrespondent(
  trx: Kysely<DB>,
  userId: string,
  told: { address: string; name: string; company: string | null; now: string },
): Promise<void> {
  const { address, name, company, now } = told
  const source = company === null ? null : 'mail'
  const lacksName = sql<boolean>`(name = '' and name_source = 'mail' and ${name}::text <> '')`
  const lacksCompany = sql<boolean>`(company is null and company_source is null and ${company}::text is not null)`
  await trx
    .with('added', (db) =>
      db
        .insertInto('contacts')
        .columns(['userId', 'id', 'address', 'name', 'company', 'companySource', 'createdAt', 'updatedAt'])
        .expression((eb) =>
          eb
            .selectFrom(
              sql<object>`(select ${userId}::uuid, ${randomUUID()}::uuid, ${address}::text, ${name}::text,
                ${company}::text, ${source}::text, ${now}::timestamptz, ${now}::timestamptz)`.as('told'),
            )
            .selectAll('told')
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
        .onConflict((conflict) => conflict.columns(['userId', 'address']).doNothing()),
    )
    .updateTable('contacts')
    .set({
      name: sql`case when ${lacksName} then ${name} else name end`,
      company: sql`case when ${lacksCompany} then ${company} else company end`,
      companySource: sql`case when ${lacksCompany} then 'mail' else company_source end`,
      version: sql`version + 1`,
      updatedAt: now,
    })
    .where('userId', '=', userId)
    .where('address', '=', address)
    .where(sql<boolean>`(${lacksName} or ${lacksCompany})`)
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
