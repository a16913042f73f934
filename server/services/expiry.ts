import type { AppContext } from '../context.ts'
import { deleteExpiredOauthStates } from '../db/accounts/oauth-states.ts'
import { deleteExpiredPasswordResets } from '../db/accounts/password-resets.ts'
import { deleteExpiredCounters, deleteFullQuotas } from '../db/system/quota-buckets.ts'
import { step } from '../step.ts'

/** Removes what is over and belongs to nobody: consents nobody came back from, resets of passwords that nobody made, counters of past windows, full buckets. */
export async function removeExpired(ctx: AppContext): Promise<void> {
  const now = ctx.clock.now()
  await step('delete-expired-oauth-states', () => deleteExpiredOauthStates(ctx.db, now.toISOString()))
  await step('delete-expired-resets', () => deleteExpiredPasswordResets(ctx.db, now.toISOString()))
  await step('delete-expired-counters', () => deleteExpiredCounters(ctx.db, now))
  await step('delete-full-quotas', () => deleteFullQuotas(ctx.db))
}
