import type { Kysely } from 'kysely'
import type { BatchItemReason, BatchItemStatus } from '../../../shared-types/index.ts'
import type { DB } from '../engine/schema.ts'

export interface ItemError {
  readonly reason: BatchItemReason
  readonly message: string
}

/** Which of these the owner has; none of them goes until the transaction ends. */
export async function keepMails(
  trx: Kysely<DB>,
  userId: string,
  emailIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await trx
    .selectFrom('emails')
    .where('userId', '=', userId)
    .where('id', 'in', emailIds)
    .orderBy('id')
    .select('id')
    .forKeyShare()
    .execute()
  return new Set(rows.map(({ id }) => id))
}

/** In this order; one with an error has ended already, and points at no mail. */
export async function insertBatchItems(
  trx: Kysely<DB>,
  userId: string,
  batchId: string,
  items: readonly { emailId: string; error: ItemError | null }[],
): Promise<void> {
  const rows = items.map(({ emailId, error }, position) => ({
    userId,
    batchId,
    position,
    askedId: emailId,
    ...(error ? { status: 'failed' as const, ...error } : { status: 'queued' as const, emailId }),
  }))
  await trx.insertInto('batchItems').values(rows).execute()
}

/** Waits for whoever is ending a run of this batch just now: it would not be seen, and its word have come too early. */
export async function lockRunsOfBatch(trx: Kysely<DB>, userId: string, batchId: string): Promise<void> {
  await trx
    .selectFrom('traces')
    .where('userId', '=', userId)
    .where('batchId', '=', batchId)
    .where('status', 'in', ['queued', 'running'])
    .orderBy('id')
    .select('id')
    .forNoKeyUpdate()
    .execute()
}

/** Those that have not ended, each with its run, in their order. */
export function findOpenItems(trx: Kysely<DB>, userId: string, batchId: string) {
  return trx
    .selectFrom('batchItems')
    .leftJoin('traces', (join) =>
      join.onRef('traces.userId', '=', 'batchItems.userId').onRef('traces.id', '=', 'batchItems.traceId'),
    )
    .where('batchItems.userId', '=', userId)
    .where('batchItems.batchId', '=', batchId)
    .where('batchItems.status', 'in', ['queued', 'running'])
    .orderBy('batchItems.position')
    .select(['batchItems.askedId as emailId', 'batchItems.status', 'traces.status as runStatus', 'traces.error'])
    .execute()
}

/** The mails of those that stand so, and can be worked on. */
export async function mailsOfItems(
  trx: Kysely<DB>,
  userId: string,
  batchId: string,
  status: BatchItemStatus,
): Promise<string[]> {
  const rows = await trx
    .selectFrom('batchItems')
    .where('userId', '=', userId)
    .where('batchId', '=', batchId)
    .where('status', '=', status)
    .where('emailId', 'is not', null)
    .select('askedId')
    .execute()
  return rows.map(({ askedId }) => askedId)
}

interface ItemChange {
  readonly from: BatchItemStatus
  readonly to: BatchItemStatus
  readonly traceId?: string
  readonly error?: ItemError
}

/** Moves those that still stand there, so that each ends once; what is not told of them is forgotten. */
export async function moveItems(
  trx: Kysely<DB>,
  userId: string,
  { batchId, emailIds }: { batchId: string; emailIds: readonly string[] },
  { from, to, traceId, error }: ItemChange,
): Promise<void> {
  if (emailIds.length === 0) return
  await trx
    .updateTable('batchItems')
    .set({ status: to, traceId: traceId ?? null, reason: error?.reason ?? null, message: error?.message ?? null })
    .where('userId', '=', userId)
    .where('batchId', '=', batchId)
    .where('emailId', 'in', emailIds)
    .where('status', '=', from)
    .execute()
}
