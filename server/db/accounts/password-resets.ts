import type { Kysely } from 'kysely'
import type { DB } from '../engine/schema.ts'

/** Once an id: the job that makes it may be run again. Whether it is new. */
export async function insertPasswordReset(
  db: Kysely<DB>,
  userId: string,
  reset: { id: string; tokenHash: Buffer; createdAt: string; expiresAt: string },
): Promise<boolean> {
  const row = await db
    .insertInto('passwordResets')
    .values({ userId, ...reset })
    .onConflict((oc) => oc.doNothing())
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** Whose it is, while it is good for something. */
export function findPasswordReset(
  db: Kysely<DB>,
  userId: string,
  { tokenHash, now }: { tokenHash: Buffer; now: string },
) {
  return db
    .selectFrom('passwordResets')
    .innerJoin('users', 'users.id', 'passwordResets.userId')
    .where('passwordResets.userId', '=', userId)
    .where('passwordResets.tokenHash', '=', tokenHash)
    .where('passwordResets.usedAt', 'is', null)
    .where('passwordResets.expiresAt', '>', now)
    .select(['passwordResets.id', 'users.email'])
    .executeTakeFirst()
}

/** Uses it up, if nobody has. */
export async function usePasswordReset(db: Kysely<DB>, userId: string, id: string, now: string): Promise<boolean> {
  const row = await db
    .updateTable('passwordResets')
    .set({ usedAt: now })
    .where('userId', '=', userId)
    .where('id', '=', id)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', now)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** Those that are out are good for nothing more: the password is a new one. */
export async function deletePasswordResets(trx: Kysely<DB>, userId: string): Promise<void> {
  await trx.deleteFrom('passwordResets').where('userId', '=', userId).execute()
}

export async function deleteExpiredPasswordResets(db: Kysely<DB>, now: string): Promise<void> {
  await db.deleteFrom('passwordResets').where('expiresAt', '<=', now).execute()
}
