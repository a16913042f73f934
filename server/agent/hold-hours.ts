import type { Transaction } from 'kysely'
import type { AppContext } from '../context.ts'
import type { DB } from '../db/engine/schema.ts'
import { findHeldHours, holdHours, isPromisedToOther, lockHoldsOfRun, lockSlotHolds } from '../db/runs/slot-holds.ts'
import type { Interval } from '../calendar-event.ts'
import { inTransaction } from '../step.ts'
import type { RunInput } from './state.ts'

/**
 * Takes what `choose` picks, given the hours that are held for others, for the reply of this run: of two runs at once the
 * later one sees what the earlier one took. A run that is only looked at once more takes none.
 */
export function holdChosen<Chosen extends { readonly hours: readonly Interval[] }>(
  ctx: AppContext,
  { userId, traceId, email, isReplay }: RunInput,
  choose: (held: readonly Interval[]) => Chosen,
): Promise<Chosen> {
  if (isReplay) return findHeldHours(ctx.db, userId, email, ctx.clock.now()).then(choose)
  return inTransaction(ctx, 'hold-hours', async (trx) => {
    await lockSlotHolds(trx, userId)
    const now = ctx.clock.now()
    const chosen = choose(await findHeldHours(trx, userId, email, now))
    await holdHours(trx, userId, { traceId, hours: chosen.hours, now })
    return chosen
  })
}

/**
 * Whether an hour of this run was promised to somebody else meanwhile, however that came about; until the transaction
 * ends nobody else can promise it.
 */
export async function isHourGone(trx: Transaction<DB>, userId: string, traceId: string, now: Date): Promise<boolean> {
  return (await lockHoldsOfRun(trx, userId, traceId)) && isPromisedToOther(trx, userId, traceId, now)
}
