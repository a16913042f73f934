import { type Kysely, sql } from 'kysely'
import type { DB } from '../engine/schema.ts'

/** Before its id it stands for the Google account of a mailbox that is being removed: no account is called so. */
const removed = 'removed:'

/** Its state and its grant, which nobody changes until the transaction ends; undefined when there is no such mailbox. */
export function lockMailbox(trx: Kysely<DB>, userId: string, mailboxId: string) {
  return trx
    .selectFrom('mailboxes')
    .where('userId', '=', userId)
    .where('id', '=', mailboxId)
    .select(['status', 'googleSubject', 'refreshToken'])
    .forNoKeyUpdate()
    .executeTakeFirst()
}

/** Its tokens are gone, and a sync that is at work loses its claim. False when it was disconnected before. */
export async function closeMailbox(trx: Kysely<DB>, userId: string, mailboxId: string): Promise<boolean> {
  const closed = await trx
    .updateTable('mailboxes')
    .set({ status: 'disconnected', accessToken: null, refreshToken: null, tokenExpiresAt: null, scopes: [] })
    .set({ watchExpiresAt: null, watchRetryAt: null, lastError: null, retryAt: null })
    .set({ leaseUntil: null, leaseEpoch: sql`lease_epoch + 1` })
    .where('userId', '=', userId)
    .where('id', '=', mailboxId)
    .where('status', '<>', 'disconnected')
    .returning('id')
    .executeTakeFirst()
  return closed !== undefined
}

/** A mailbox that is to be removed is no Google account's any more: that may be connected anew, as another mailbox. */
export async function detachMailbox(trx: Kysely<DB>, userId: string, mailboxId: string): Promise<void> {
  await trx
    .updateTable('mailboxes')
    .set({ googleSubject: `${removed}${mailboxId}` })
    .where('userId', '=', userId)
    .where('id', '=', mailboxId)
    .where('status', '=', 'disconnected')
    .execute()
}

export async function isDetached(db: Kysely<DB>, userId: string, mailboxId: string): Promise<boolean> {
  const row = await db
    .selectFrom('mailboxes')
    .where('userId', '=', userId)
    .where('id', '=', mailboxId)
    .where('googleSubject', '=', `${removed}${mailboxId}`)
    .select('id')
    .executeTakeFirst()
  return row !== undefined
}

/** With what is left of it, once its mail is gone; false while there is mail. */
export async function deleteEmptyMailbox(trx: Kysely<DB>, userId: string, mailboxId: string): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('mailboxes')
    .where('userId', '=', userId)
    .where('id', '=', mailboxId)
    .where('googleSubject', '=', `${removed}${mailboxId}`)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('emails')
            .whereRef('emails.userId', '=', 'mailboxes.userId')
            .whereRef('emails.mailboxId', '=', 'mailboxes.id')
            .select('emails.id'),
        ),
      ),
    )
    .executeTakeFirstOrThrow()
  if (numDeletedRows === 0n) return false
  await trx.deleteFrom('quotaBuckets').where('mailboxId', '=', mailboxId).execute()
  return true
}

/** All of an owner's, whatever became of them. */
export async function mailboxIdsOf(db: Kysely<DB>, userId: string): Promise<string[]> {
  const rows = await db.selectFrom('mailboxes').where('userId', '=', userId).orderBy('id').select('id').execute()
  return rows.map(({ id }) => id)
}
