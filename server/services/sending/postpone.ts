import type { Reason } from '../../../shared-types/index.ts'
import { moveEntry } from '../../db/outbox.ts'
import { inTransaction } from '../../step.ts'
import { type Dispatch, withdraw } from './settle.ts'

/** What stands against sending an approved reply now. */
export type Obstacle =
  | { readonly kind: 'withdraw'; readonly reasons: readonly Reason[] }
  | { readonly kind: 'wait'; readonly until: Date; readonly reason: Reason }

/** Back to review, or another try at that moment; what is put off keeps its Gmail draft. */
export function yieldTo(dispatch: Dispatch, obstacle: Obstacle): Promise<void> {
  return obstacle.kind === 'withdraw' ? withdraw(dispatch, obstacle.reasons) : postpone(dispatch, obstacle)
}

/** Gives the entry back until then, and a job with it. Throws when somebody else owns it by now. */
async function postpone(
  { ctx, userId, entry }: Dispatch,
  { until, reason }: { until: Date; reason: Reason },
): Promise<void> {
  const changes = { leaseUntil: null, retryAt: until.toISOString(), reasons: [reason] }
  await inTransaction(ctx, 'postpone-send', async (trx) => {
    const moved = await moveEntry(trx, userId, entry, ['READY'], changes)
    if (!moved) throw new Error('this send was taken over by another worker, or cancelled')
    await ctx.jobs.enqueue(trx, 'dispatch-outbox', { userId, outboxId: entry.id }, { startAfter: until })
  })
  ctx.logger.info({ userId, outboxId: entry.id, until, obstacle: reason.code }, 'a send waits')
}
