import type { Reason } from '../../../shared-types/index.ts'
import { enqueueSend } from '../../agent/enqueue-send.ts'
import { updateSend } from '../../db/sending/sends.ts'
import { inTransaction } from '../../step.ts'
import { type ActiveSend, withdraw } from './settle-send.ts'

/** What stands against sending an approved reply now. */
export type Obstacle =
  | { readonly kind: 'withdraw'; readonly reasons: readonly Reason[] }
  | { readonly kind: 'wait'; readonly until: Date; readonly reason: Reason }

/** Back to review, or another try at that moment; what is postponed keeps its Gmail draft. */
export function withdrawOrPostpone(active: ActiveSend, obstacle: Obstacle): Promise<void> {
  return obstacle.kind === 'withdraw' ? withdraw(active, obstacle.reasons) : postpone(active, obstacle)
}

/** Gives the send back until then, and a job with it. */
async function postpone(
  { ctx, userId, send }: ActiveSend,
  { until, reason }: { until: Date; reason: Reason },
): Promise<void> {
  const changes = { leaseUntil: null, retryAt: until.toISOString(), reasons: [reason] }
  await inTransaction(ctx, 'postpone-send', async (trx) => {
    await updateSend(trx, userId, send, ['READY'], changes)
    await enqueueSend(ctx, trx, userId, send.id, until)
  })
  ctx.logger.info({ userId, outboxId: send.id, until, obstacle: reason.code }, 'a send waits')
}
