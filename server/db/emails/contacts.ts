import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { DB } from '../engine/schema.ts'

export function findContact(db: Kysely<DB>, userId: string, address: string) {
  return db
    .selectFrom('contacts')
    .where('userId', '=', userId)
    .where('address', '=', address)
    .select(['id', 'name', 'address', 'company', 'notes', 'updatedAt'])
    .executeTakeFirst()
}

/** A correspondent becomes a contact with the first mail; a name once known is kept. */
export async function insertContactIfNew(
  trx: Kysely<DB>,
  userId: string,
  contact: { address: string; name: string; now: string },
): Promise<void> {
  const { address, name, now } = contact
  await trx
    .insertInto('contacts')
    .values({ userId, id: randomUUID(), address, name, createdAt: now, updatedAt: now })
    .onConflict((oc) => oc.columns(['userId', 'address']).doNothing())
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
    .where('address', '=', address)
    .execute()
}
