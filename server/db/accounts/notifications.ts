import type { Kysely } from 'kysely'
import type { DB } from '../engine/schema.ts'

export type NotificationKind =
  | 'draft_ready'
  | 'draft_superseded'
  | 'no_draft'
  | 'run_failed'
  | 'send_rejected'
  | 'send_unknown'
  | 'send_found'
  | 'send_withdrawn'
  | 'reply_scheduled'
  | 'mailbox_needs_reauth'
  | 'mail_quarantined'
  | 'budget_exhausted'

/** Tells the owner, in the transaction of what happened. */
export async function insertNotification(
  trx: Kysely<DB>,
  userId: string,
  kind: NotificationKind,
  payload: Record<string, string>,
  createdAt: string,
): Promise<void> {
  await trx
    .insertInto('notifications')
    .values({ userId, kind, payload: JSON.stringify(payload), createdAt })
    .execute()
}
