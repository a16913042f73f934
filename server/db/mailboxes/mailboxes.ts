import { type Kysely, sql } from 'kysely'
import type { DB } from '../engine/schema.ts'
import { type Position } from '../engine/page.ts'

const columns = [
  'id',
  'address',
  'status',
  'scopes',
  'historyId',
  'lastSyncAt',
  'watchExpiresAt',
  'lastError',
  'importDone',
  'importEstimated',
  'createdAt',
] as const

/** Mailboxes in the order they were connected, one row more than `limit` when there are more. */
export function listMailboxes(
  db: Kysely<DB>,
  userId: string,
  { after, limit }: { after?: Position | undefined; limit: number },
) {
  return db
    .selectFrom('mailboxes')
    .where('userId', '=', userId)
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(created_at, id) > (${after?.[0]}::timestamptz, ${after?.[1]}::uuid)`),
    )
    .orderBy('createdAt')
    .orderBy('id')
    .limit(limit + 1)
    .select(columns)
    .execute()
}

export function findMailbox(db: Kysely<DB>, userId: string, mailboxId: string) {
  return db
    .selectFrom('mailboxes')
    .where('userId', '=', userId)
    .where('id', '=', mailboxId)
    .select(['id', 'address', 'status'])
    .executeTakeFirst()
}

/** Notes when the Gmail drafts of an active mailbox are looked through; undefined when it is not active. */
export function noteGmailDraftCheck(db: Kysely<DB>, userId: string, mailboxId: string, checkedAt: string) {
  return db
    .updateTable('mailboxes')
    .set({ draftsSweptAt: checkedAt })
    .where('userId', '=', userId)
    .where('id', '=', mailboxId)
    .where('status', '=', 'active')
    .returning('id')
    .executeTakeFirst()
}
