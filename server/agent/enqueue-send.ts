import type { Transaction } from 'kysely'
import type { AppContext } from '../context.ts'
import type { DB } from '../db/engine/schema.ts'

/**
 * The job that does what a send waits for, in the caller's transaction: at once or from that moment on. Of one that is
 * over it deletes the Gmail draft that nobody will send.
 */
export async function enqueueSend(
  ctx: AppContext,
  trx: Transaction<DB>,
  userId: string,
  outboxId: string,
  startAfter?: Date,
): Promise<void> {
  await ctx.jobs.enqueue(trx, 'dispatch-outbox', { userId, outboxId }, ...(startAfter ? [{ startAfter }] : []))
}
