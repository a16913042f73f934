import type { Kysely } from 'kysely'
import type { DB } from '../engine/schema.ts'

/**
 * From now on it is no account any more: without password and address, which is free for another. False when the
 * password that was proven is another by now, or it is being deleted already.
 */
export async function beginDeletion(
  trx: Kysely<DB>,
  userId: string,
  { passwordHash, deletionId }: { passwordHash: string; deletionId: string },
): Promise<boolean> {
  const row = await trx
    .updateTable('users')
    .set({ deletionId, passwordHash: null, email: `${deletionId}@deleted.invalid` })
    .where('id', '=', userId)
    .where('passwordHash', '=', passwordHash)
    .where('deletionId', 'is', null)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** Whose account it is; undefined once that is gone. */
export async function findDeletion(db: Kysely<DB>, deletionId: string): Promise<string | undefined> {
  const row = await db.selectFrom('users').where('deletionId', '=', deletionId).select('id').executeTakeFirst()
  return row?.id
}

/** Nothing can be added to the account until the transaction ends. False when it is gone. */
export async function lockDeletion(trx: Kysely<DB>, userId: string, deletionId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('users')
    .where('id', '=', userId)
    .where('deletionId', '=', deletionId)
    .select('id')
    .forUpdate()
    .executeTakeFirst()
  return row !== undefined
}

/** With all that is left of it: every table of an owner goes with its user, the audit log too. A tombstone stays. */
export async function deleteUser(
  trx: Kysely<DB>,
  userId: string,
  { deletionId, deletedAt }: { deletionId: string; deletedAt: string },
): Promise<void> {
  await trx.deleteFrom('users').where('id', '=', userId).where('deletionId', '=', deletionId).execute()
  await trx.insertInto('accountTombstones').values({ id: deletionId, deletedAt }).execute()
}
