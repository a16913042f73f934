import type { AppContext } from '../context.ts'
import { findHeldHours, holdHours, lockSlotHolds } from '../db/runs/slot-holds.ts'
import type { Interval } from '../ports.ts'
import { inTransaction } from '../step.ts'
import type { RunInput } from './state.ts'

/**
 * Takes what `choose` picks, given the hours that are held for others, for the reply of this run: of two runs at once the
 * later one sees what the earlier one took.
 */
export function holdChosen<Chosen extends { readonly hours: readonly Interval[] }>(
  ctx: AppContext,
  { userId, traceId, email }: RunInput,
  choose: (held: readonly Interval[]) => Chosen,
): Promise<Chosen> {
  return inTransaction(ctx, 'hold-hours', async (trx) => {
    await lockSlotHolds(trx, userId)
    const now = ctx.clock.now()
    const chosen = choose(await findHeldHours(trx, userId, email, now))
    await holdHours(trx, userId, { traceId, hours: chosen.hours, now })
    return chosen
  })
}
