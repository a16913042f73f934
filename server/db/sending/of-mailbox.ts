import type { Kysely } from 'kysely'
import type { Reason } from '../../../shared-types/index.ts'
import { jsonText } from '../engine/json.ts'
import type { DB } from '../engine/schema.ts'

/** Approved replies of a mailbox that nobody has begun to send. */
export function findReadyOfMailbox(trx: Kysely<DB>, userId: string, mailboxId: string) {
  return trx
    .selectFrom('outbox')
    .where('userId', '=', userId)
    .where('mailboxId', '=', mailboxId)
    .where('state', '=', 'READY')
    .orderBy('id')
    .select(['id', 'draftId', 'draftVersion', 'emailId'])
    .execute()
}

/**
 * Takes one back for good; false when a worker was faster. No send names its Gmail draft any more: it cannot be deleted
 * without a grant, and stays in Gmail as its owner's.
 */
export async function cancelUnsent(
  trx: Kysely<DB>,
  userId: string,
  outboxId: string,
  { settledAt, reasons }: { settledAt: string; reasons: readonly Reason[] },
): Promise<boolean> {
  const row = await trx
    .updateTable('outbox')
    .set({ state: 'CANCELLED', settledAt, leaseUntil: null, gmailDraftId: null, reasons: jsonText(reasons) })
    .where('userId', '=', userId)
    .where('id', '=', outboxId)
    .where('state', '=', 'READY')
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}
