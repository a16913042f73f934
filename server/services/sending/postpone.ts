import type { Reason } from '../../../shared-types/index.ts'
import { updateSend } from '../../db/sending/outbox.ts'
import { inTransaction } from '../../step.ts'
import { type Dispatch, withdraw } from './settle-send.ts'

/** What stands against sending an approved reply now. */
export type Obstacle =
  | { readonly kind: 'withdraw'; readonly reasons: readonly Reason[] }
  | { readonly kind: 'wait'; readonly until: Date; readonly reason: Reason }

/** Back to review, or another try at that moment; what is put off keeps its Gmail draft. */
export function yieldTo(dispatch: Dispatch, obstacle: Obstacle): Promise<void> {
  return obstacle.kind === 'withdraw' ? withdraw(dispatch, obstacle.reasons) : postpone(dispatch, obstacle)
}

/** Gives the entry back until then, and a job with it. */
async function postpone(
  { ctx, userId, entry }: Dispatch,
  { until, reason }: { until: Date; reason: Reason },
): Promise<void> {
  const changes = { leaseUntil: null, retryAt: until.toISOString(), reasons: [reason] }
  await inTransaction(ctx, 'postpone-send', async (trx) => {
    await updateSend(trx, userId, entry, ['READY'], changes)
    await ctx.jobs.enqueue(trx, 'dispatch-outbox', { userId, outboxId: entry.id }, { startAfter: until })
  })
  ctx.logger.info({ userId, outboxId: entry.id, until, obstacle: reason.code }, 'a send waits')
}
