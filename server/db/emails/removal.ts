import type { ExpressionBuilder, Kysely } from 'kysely'
import type { DB } from '../engine/schema.ts'

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

/**
 * The Gmail drafts that are left of replies to mails which are to be removed, sent by nobody as far as is known: once
 * the rows are gone, nothing tells that they are ours.
 */
export function findGmailDraftsLeft(trx: Kysely<DB>, userId: string, emailIds: readonly string[]) {
  return trx
    .selectFrom('outbox')
    .innerJoin('emails', (join) =>
      join.onRef('emails.userId', '=', 'outbox.userId').onRef('emails.id', '=', 'outbox.emailId'),
    )
    .innerJoin('drafts', (join) =>
      join.onRef('drafts.userId', '=', 'outbox.userId').onRef('drafts.id', '=', 'outbox.draftId'),
    )
    .innerJoin('draftVersions', (join) =>
      join
        .onRef('draftVersions.userId', '=', 'outbox.userId')
        .onRef('draftVersions.draftId', '=', 'outbox.draftId')
        .onRef('draftVersions.version', '=', 'outbox.draftVersion'),
    )
    .where('emails.userId', '=', userId)
    .where('emails.id', 'in', emailIds)
    .where(isSettled)
    .where('outbox.gmailMessageId', 'is', null)
    .where('outbox.gmailDraftId', 'is not', null)
    .select(['outbox.id', 'outbox.mailboxId', 'outbox.gmailDraftId', 'emails.threadId', 'emails.messageId'])
    .select(['drafts.toAddresses', 'drafts.subject', 'draftVersions.body'])
    .$narrowType<{ gmailDraftId: string }>()
    .execute()
}

/** Removes mails with all that was made of them, but for those whose reply is on its way or may be. */
export async function deleteSettledEmails(trx: Kysely<DB>, userId: string, emailIds: readonly string[]): Promise<void> {
  await trx
    .deleteFrom('emails')
    .where('emails.userId', '=', userId)
    .where('emails.id', 'in', emailIds)
    .where(isSettled)
    .execute()
}

/** No reply to this mail is on its way, or may be. */
function isSettled(eb: ExpressionBuilder<DB, 'emails'>) {
  return hasNoSend(eb, ['SENDING', 'UNKNOWN'])
}

function hasNoSend({ not, exists, selectFrom }: ExpressionBuilder<DB, 'emails'>, states: ('SENDING' | 'UNKNOWN')[]) {
  return not(
    exists(
      selectFrom('outbox as live')
        .whereRef('live.userId', '=', 'emails.userId')
        .whereRef('live.emailId', '=', 'emails.id')
        .where('live.state', 'in', states)
        .select('live.id'),
    ),
  )
}

/**
 * Mails from before that moment that nobody waits for, the oldest first: answered, rejected, in need of no answer or never
 * worked on, with no run alive.
 */
export async function findOldMails(
  trx: Kysely<DB>,
  userId: string,
  { before, limit, among }: { before: string; limit: number; among?: readonly string[] },
): Promise<string[]> {
  const rows = await trx
    .selectFrom('emails')
    .where('emails.userId', '=', userId)
    .where('receivedAt', '<', before)
    .where('status', 'in', ['no_reply', 'sent', 'rejected', 'pending'])
    .where('awaitsRun', '=', false)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('traces')
            .whereRef('traces.userId', '=', 'emails.userId')
            .whereRef('traces.emailId', '=', 'emails.id')
            .where('traces.status', 'in', ['queued', 'running'])
            .select('traces.id'),
        ),
      ),
    )
    .where(isSettled)
    .$if(among !== undefined, (query) => query.where('id', 'in', among ?? []))
    .orderBy('receivedAt')
    .limit(limit)
    .select('id')
    .execute()
  return rows.map(({ id }) => id)
}

/** Mails of a mailbox whose reply nobody is sending, so many at most. */
export async function findMailsOfMailbox(trx: Kysely<DB>, userId: string, mailboxId: string, limit: number) {
  const rows = await trx
    .selectFrom('emails')
    .where('userId', '=', userId)
    .where('mailboxId', '=', mailboxId)
    .where((eb) => hasNoSend(eb, ['SENDING']))
    .limit(limit)
    .select('id')
    .execute()
  return rows.map(({ id }) => id)
}

/** Removes mails with all that was made of them, what may have been sent included, but for those that are being sent. */
export async function deleteUnlessSending(trx: Kysely<DB>, userId: string, emailIds: readonly string[]): Promise<void> {
  await trx
    .deleteFrom('emails')
    .where('userId', '=', userId)
    .where('id', 'in', emailIds)
    .where((eb) => hasNoSend(eb, ['SENDING']))
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
