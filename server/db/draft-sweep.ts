import type { Kysely } from 'kysely'
import type { DB } from './schema.ts'

/** Notes when the drafts of an active mailbox are swept; undefined when it is not active. */
export function markDraftsSwept(db: Kysely<DB>, userId: string, mailboxId: string, sweptAt: string) {
  return db
    .updateTable('mailboxes')
    .set({ draftsSweptAt: sweptAt })
    .where('userId', '=', userId)
    .where('id', '=', mailboxId)
    .where('status', '=', 'active')
    .returning('id')
    .executeTakeFirst()
}

/** The send a draft in Gmail says it belongs to, with the text that was approved for it. */
export function findSendOfDraft(
  db: Kysely<DB>,
  userId: string,
  { mailboxId, outboxId }: { mailboxId: string; outboxId: string },
) {
  return db
    .selectFrom('outbox')
    .innerJoin('draftVersions', (join) =>
      join
        .onRef('draftVersions.userId', '=', 'outbox.userId')
        .onRef('draftVersions.draftId', '=', 'outbox.draftId')
        .onRef('draftVersions.version', '=', 'outbox.draftVersion'),
    )
    .where('outbox.userId', '=', userId)
    .where('outbox.id', '=', outboxId)
    .where('outbox.mailboxId', '=', mailboxId)
    .select(['outbox.id', 'outbox.state', 'outbox.origin', 'outbox.gmailDraftId'])
    .select(['outbox.draftId', 'outbox.draftVersion', 'draftVersions.body'])
    .executeTakeFirst()
}
