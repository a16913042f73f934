import type { AppContext } from '../../context.ts'
import { askedWaitMs, isUpstream } from '../../errors.ts'
import { step } from '../../step.ts'
import { renewLease, type Sync } from './sync-lease.ts'

export interface Failure {
  readonly error: unknown
}

/** Why Gmail cannot be worked with now; null when it is single messages it answers badly: another question it answers. */
export async function failureOfGmail(ctx: AppContext, sync: Sync, errors: readonly unknown[]): Promise<Failure | null> {
  const isOfMessage = (error: unknown) =>
    isUpstream(error, 'bad_answer', 'unavailable', 'timeout') && askedWaitMs(error) === undefined
  const other = errors.find((error) => !isOfMessage(error))
  if (other !== undefined) return { error: other }
  try {
    await renewLease(ctx, sync)
    await step('gmail-probe', () => ctx.mailbox.profile(sync, sync.signal))
    return null
  } catch (error) {
    return { error }
  }
}
