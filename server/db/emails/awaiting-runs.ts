import type { Kysely } from 'kysely'
import type { DB } from '../engine/schema.ts'

/** Mails whose first run has not been enqueued, oldest first, locked. */
export async function lockAwaitingRun(
  trx: Kysely<DB>,
  userId: string,
  mailboxId: string,
  limit: number,
): Promise<{ id: string; isOpen: boolean }[]> {
  const rows = await trx
    .selectFrom('emails')
    .where('userId', '=', userId)
    .where('mailboxId', '=', mailboxId)
    .where('awaitsRun', '=', true)
    .orderBy('receivedAt')
    .limit(limit)
    .select(['id', 'status'])
    .forNoKeyUpdate()
    .execute()
  return rows.map(({ id, status }) => ({ id, isOpen: status === 'pending' }))
}

/** Those of these mails over which a run is queued or at work. */
export async function withLiveRun(db: Kysely<DB>, userId: string, emailIds: readonly string[]): Promise<Set<string>> {
  if (emailIds.length === 0) return new Set()
  const rows = await db
    .selectFrom('traces')
    .where('userId', '=', userId)
    .where('emailId', 'in', emailIds)
    .where('status', 'in', ['queued', 'running'])
    .select('emailId')
    .execute()
  return new Set(rows.map(({ emailId }) => emailId))
}

export async function noteRunsBegun(trx: Kysely<DB>, userId: string, emailIds: readonly string[]): Promise<void> {
  if (emailIds.length === 0) return
  await trx
    .updateTable('emails')
    .set({ awaitsRun: false })
    .where('userId', '=', userId)
    .where('id', 'in', emailIds)
    .execute()
}
