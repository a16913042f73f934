import type { Kysely } from 'kysely'
import type { GoogleLogin } from '../../../shared-types/index.ts'
import type { DB } from '../engine/schema.ts'

/**
 * Claims a Google account for the user, or confirms that it is theirs already; false when it is another user's.
 * The row stays locked until the transaction ends, so two claims of one account come one after the other.
 */
export async function claimIdentity(
  db: Kysely<DB>,
  userId: string,
  { subject, address }: { subject: string; address: string },
): Promise<boolean> {
  const claimed = await db
    .insertInto('googleIdentities')
    .values({ userId, subject, address })
    .onConflict((conflict) =>
      conflict.column('subject').doUpdateSet({ address }).where('googleIdentities.userId', '=', userId),
    )
    .returning('subject')
    .executeTakeFirst()
  return claimed !== undefined
}

/** Whose a Google account is, and whether they sign in with it. Asked before an owner is known. */
export function findIdentity(db: Kysely<DB>, subject: string) {
  return db
    .selectFrom('googleIdentities')
    .innerJoin('users', 'users.id', 'googleIdentities.userId')
    .where('subject', '=', subject)
    .where('users.deletionId', 'is', null)
    .select(['users.id', 'users.email', 'loginSince'])
    .executeTakeFirst()
}

/** From now on they sign in with it; when they do already, since then. */
export async function allowLogin(trx: Kysely<DB>, userId: string, subject: string, since: string): Promise<void> {
  await trx
    .updateTable('googleIdentities')
    .set({ loginSince: since })
    .where('userId', '=', userId)
    .where('subject', '=', subject)
    .where('loginSince', 'is', null)
    .execute()
}

/** The oldest first. */
export function listLogins(db: Kysely<DB>, userId: string): Promise<GoogleLogin[]> {
  return db
    .selectFrom('googleIdentities')
    .where('userId', '=', userId)
    .where('loginSince', 'is not', null)
    .orderBy('loginSince')
    .orderBy('subject')
    .select(['subject', 'address', 'loginSince as since'])
    .$narrowType<{ since: string }>()
    .execute()
}

/** One, or all of them. What is a mailbox as well stays one. How many there were. */
export async function removeLogins(trx: Kysely<DB>, userId: string, subject?: string): Promise<number> {
  let update = trx.updateTable('googleIdentities').set({ loginSince: null }).where('userId', '=', userId)
  if (subject !== undefined) update = update.where('subject', '=', subject)
  const removed = await update.where('loginSince', 'is not', null).returning('subject').execute()
  await deleteUnused(trx, userId)
  return removed.length
}

/** Those with which nobody signs in, and that are no mailbox's: they are free for another account. */
async function deleteUnused(trx: Kysely<DB>, userId: string): Promise<void> {
  await trx
    .deleteFrom('googleIdentities')
    .where('userId', '=', userId)
    .where('mailboxId', 'is', null)
    .where('loginSince', 'is', null)
    .execute()
}

/** The account is no mailbox's any more; it is free for another user unless its owner signs in with it. */
export async function detachIdentity(trx: Kysely<DB>, userId: string, mailboxId: string): Promise<void> {
  await trx
    .updateTable('googleIdentities')
    .set({ mailboxId: null })
    .where('userId', '=', userId)
    .where('mailboxId', '=', mailboxId)
    .execute()
  await deleteUnused(trx, userId)
}
