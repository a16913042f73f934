import { type Kysely, sql } from 'kysely'
import type { DB } from '../engine/schema.ts'

/**
 * Holds the threads of these mails until the transaction ends, so that whoever adds to a thread and whoever ends a run
 * over a mail of it come one after the other. To be taken after a run's row and before any mail's.
 */
export async function lockThreads(trx: Kysely<DB>, userId: string, emailIds: readonly string[]): Promise<void> {
  const keys = trx
    .selectFrom('emails')
    .where('userId', '=', userId)
    .where('id', 'in', emailIds)
    .select(sql<string>`hashtextextended(mailbox_id || ' ' || thread_id, 0)`.as('key'))
    .distinct()
    // One order for everybody, or two would wait for each other.
    .orderBy('key')
    .as('threads')
  await trx
    .selectFrom(keys)
    .select(sql`pg_advisory_xact_lock(threads.key)`.as('locked'))
    .execute()
}

/** Locks these mails in the order everybody locks them in. */
export async function lockMails(trx: Kysely<DB>, userId: string, emailIds: readonly string[]): Promise<void> {
  if (emailIds.length === 0) return
  await trx
    .selectFrom('emails')
    .where('userId', '=', userId)
    .where('id', 'in', emailIds)
    .orderBy('id')
    .select('id')
    .forNoKeyUpdate()
    .execute()
}

/** The mails that wait for the owner in the threads of these mails, locked. */
export function lockOpenMails(trx: Kysely<DB>, userId: string, emailIds: readonly string[]) {
  return selectOpen(trx, userId)
    .where(({ eb, refTuple, selectFrom }) =>
      eb(
        refTuple('emails.mailboxId', 'emails.threadId'),
        'in',
        selectFrom('emails as added')
          .where('added.userId', '=', userId)
          .where('added.id', 'in', emailIds)
          .select(['added.mailboxId', 'added.threadId'])
          .$asTuple('mailboxId', 'threadId'),
      ),
    )
    .execute()
}

/** Those of these mails that wait for the owner, locked. */
export function lockIfOpen(trx: Kysely<DB>, userId: string, emailIds: readonly string[]) {
  return selectOpen(trx, userId).where('emails.id', 'in', emailIds).execute()
}

function selectOpen(trx: Kysely<DB>, userId: string) {
  return trx
    .selectFrom('emails')
    .innerJoin('mailboxes', (join) =>
      join.onRef('mailboxes.userId', '=', 'emails.userId').onRef('mailboxes.id', '=', 'emails.mailboxId'),
    )
    .where('emails.userId', '=', userId)
    .where('emails.direction', '=', 'in')
    .where('emails.status', 'in', ['needs_review', 'approved'])
    .orderBy('emails.id')
    .select(['emails.id', 'emails.mailboxId', 'emails.threadId', 'emails.messageId'])
    .select(['emails.fromAddress', 'emails.receivedAt'])
    .select('mailboxes.address as ownerAddress')
    .forNoKeyUpdate('emails')
}
