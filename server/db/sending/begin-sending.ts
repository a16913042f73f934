import { type Kysely, sql } from 'kysely'
import type { DB } from '../engine/schema.ts'
import { isAutomaticSendingStopped } from '../system/system-state.ts'

/** READY -> SENDING, asking in the same statement what may have changed since the approval. */
export function beginSending(
  trx: Kysely<DB>,
  userId: string,
  { id, epoch, contentHash }: { id: string; epoch: number; contentHash: Buffer },
  sendingSince: string,
) {
  return trx
    .updateTable('outbox')
    .set({ state: 'SENDING', sendingSince, reasons: '[]' })
    .where('userId', '=', userId)
    .where('id', '=', id)
    .where('epoch', '=', epoch)
    .where('state', '=', 'READY')
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('drafts')
          .innerJoin('draftVersions', (join) =>
            join
              .onRef('draftVersions.userId', '=', 'drafts.userId')
              .onRef('draftVersions.draftId', '=', 'drafts.id')
              .onRef('draftVersions.version', '=', 'drafts.version'),
          )
          .whereRef('drafts.userId', '=', 'outbox.userId')
          .whereRef('drafts.id', '=', 'outbox.draftId')
          .whereRef('drafts.version', '=', 'outbox.draftVersion')
          .where('drafts.status', '=', 'approved')
          .where('draftVersions.contentHash', '=', contentHash)
          .select(sql`1`.as('one')),
      ),
    )
    .where((eb) => eb.or([eb('origin', '=', 'owner'), eb.not(isAutomaticSendingStopped())]))
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('mailboxes')
          .whereRef('mailboxes.userId', '=', 'outbox.userId')
          .whereRef('mailboxes.id', '=', 'outbox.mailboxId')
          .where('mailboxes.status', '=', 'active')
          .select(sql`1`.as('one')),
      ),
    )
    .returning('id')
    .executeTakeFirst()
}

/** What the reply is made of: the mail it answers and the approved text; and whether its mailbox may be used. */
export function loadReply(
  db: Kysely<DB>,
  userId: string,
  { draftId, draftVersion }: { draftId: string; draftVersion: number },
) {
  return db
    .selectFrom('drafts')
    .innerJoin('draftVersions', (join) =>
      join.onRef('draftVersions.userId', '=', 'drafts.userId').onRef('draftVersions.draftId', '=', 'drafts.id'),
    )
    .innerJoin('emails', (join) =>
      join.onRef('emails.userId', '=', 'drafts.userId').onRef('emails.id', '=', 'drafts.emailId'),
    )
    .innerJoin('mailboxes', (join) =>
      join.onRef('mailboxes.userId', '=', 'emails.userId').onRef('mailboxes.id', '=', 'emails.mailboxId'),
    )
    .where('drafts.userId', '=', userId)
    .where('drafts.id', '=', draftId)
    .where('draftVersions.version', '=', draftVersion)
    .select(['drafts.subject', 'drafts.toAddresses', 'drafts.body', 'draftVersions.contentHash as versionHash'])
    .select(['emails.threadId', 'emails.messageId', 'emails.fromAddress', 'emails.receivedAt'])
    .select(['emails.inReplyTo', 'emails.referenceIds'])
    .select([
      'emails.intent as mailIntent',
      'drafts.templateId',
      'drafts.templateVersion',
      'emails.confidence as mailConfidence',
      'drafts.confidence as draftConfidence',
    ])
    .select(['mailboxes.address', 'mailboxes.displayName', 'mailboxes.status as mailboxStatus'])
    .executeTakeFirst()
}

/** Replies to this mail whose outcome was unknown until the owner said that they were not sent. */
export function findDisputedSends(db: Kysely<DB>, userId: string, emailId: string) {
  return db
    .selectFrom('outbox')
    .innerJoin('draftVersions', (join) =>
      join
        .onRef('draftVersions.userId', '=', 'outbox.userId')
        .onRef('draftVersions.draftId', '=', 'outbox.draftId')
        .onRef('draftVersions.version', '=', 'outbox.draftVersion'),
    )
    .where('outbox.userId', '=', userId)
    .where('outbox.emailId', '=', emailId)
    .where('outbox.state', '=', 'NOT_SENT')
    .select(['outbox.id', 'outbox.gmailDraftId', 'outbox.sendingSince', 'draftVersions.body'])
    .execute()
}
