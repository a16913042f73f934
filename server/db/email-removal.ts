import { type Kysely } from 'kysely'
import type { DB } from './schema.ts'

/**
 * Locks the runs over these mails, then the mails, so that neither a run nor an approval is at work on them until the
 * transaction ends. Runs come first, as everywhere.
 */
export async function lockForRemoval(trx: Kysely<DB>, userId: string, emailIds: readonly string[]): Promise<void> {
  await trx
    .selectFrom('traces')
    .where('userId', '=', userId)
    .where('emailId', 'in', emailIds)
    .orderBy('id')
    .select('id')
    .forUpdate()
    .execute()
  await trx
    .selectFrom('emails')
    .where('userId', '=', userId)
    .where('id', 'in', emailIds)
    .orderBy('id')
    .select('id')
    .forUpdate()
    .execute()
}

/** Removes mails with all that was made of them, but for those whose reply is on its way or may be. */
export async function deleteSettledEmails(trx: Kysely<DB>, userId: string, emailIds: readonly string[]): Promise<void> {
  await trx
    .deleteFrom('emails')
    .where('userId', '=', userId)
    .where('id', 'in', emailIds)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('outbox')
            .whereRef('outbox.userId', '=', 'emails.userId')
            .whereRef('outbox.emailId', '=', 'emails.id')
            .where('outbox.state', 'in', ['SENDING', 'UNKNOWN'])
            .select('outbox.id'),
        ),
      ),
    )
    .execute()
}

/** The others stay until their send is settled; the minute's sweep looks. */
export async function markGone(
  trx: Kysely<DB>,
  userId: string,
  emailIds: readonly string[],
  goneAt: string,
): Promise<void> {
  await trx
    .updateTable('emails')
    .set({ goneAt })
    .where('userId', '=', userId)
    .where('id', 'in', emailIds)
    .where('goneAt', 'is', null)
    .execute()
}
