import type { Kysely } from 'kysely'
import type { DB } from '../engine/schema.ts'

/** The place an owner's key is sealed for: in another row it does not open. */
export function hubspotKeyPlace(userId: string) {
  return { userId, table: 'hubspot_keys', column: 'sealed_key', rowId: userId }
}

export async function findHubspotKey(db: Kysely<DB>, userId: string): Promise<Buffer | undefined> {
  const row = await db.selectFrom('hubspotKeys').where('userId', '=', userId).select('sealedKey').executeTakeFirst()
  return row?.sealedKey
}

export async function hasHubspotKey(db: Kysely<DB>, userId: string): Promise<boolean> {
  const row = await db.selectFrom('hubspotKeys').where('userId', '=', userId).select('setAt').executeTakeFirst()
  return row !== undefined
}

/** In the place of the one before. */
export async function upsertHubspotKey(
  db: Kysely<DB>,
  userId: string,
  key: { sealedKey: Buffer; setAt: string },
): Promise<void> {
  await db
    .insertInto('hubspotKeys')
    .values({ userId, ...key })
    .onConflict((conflict) => conflict.column('userId').doUpdateSet(key))
    .execute()
}

/** Whether there was one. */
export async function deleteHubspotKey(db: Kysely<DB>, userId: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('hubspotKeys').where('userId', '=', userId).executeTakeFirst()
  return numDeletedRows > 0n
}

/** The same key sealed anew; false when it was changed meanwhile. */
export async function replaceHubspotSeal(
  db: Kysely<DB>,
  userId: string,
  { from, to }: { from: Buffer; to: Buffer },
): Promise<boolean> {
  const update = db
    .updateTable('hubspotKeys')
    .set({ sealedKey: to })
    .where('userId', '=', userId)
    .where('sealedKey', '=', from)
  return (await update.executeTakeFirst()).numUpdatedRows > 0n
}
