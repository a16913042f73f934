import type { AppContext } from '../context.ts'
import { deleteExpiredOauthStates } from '../db/accounts/oauth-states.ts'
import { deleteExpiredPersonalTokens } from '../db/accounts/personal-tokens.ts'
import { deleteExpiredPasswordResets } from '../db/accounts/password-resets.ts'
import { deleteOldRevocations } from '../db/mailboxes/grant-revocations.ts'
import { deleteExpiredCounters, deleteFullQuotas } from '../db/system/quota-buckets.ts'
import { step } from '../step.ts'

const longestRevocationMs = 2 * 86_400_000

/** Removes what is over and belongs to nobody: consents nobody came back from, resets of passwords that nobody made, tokens that have expired, counters of past windows, full buckets, grants that could not be ended. */
export async function removeExpired(ctx: AppContext): Promise<void> {
  const now = ctx.clock.now()
  await step('delete-expired-oauth-states', () => deleteExpiredOauthStates(ctx.db, now.toISOString()))
  await step('delete-expired-resets', () => deleteExpiredPasswordResets(ctx.db, now.toISOString()))
  await step('delete-expired-tokens', () => deleteExpiredPersonalTokens(ctx.db, now.toISOString()))
  await step('delete-expired-counters', () => deleteExpiredCounters(ctx.db, now))
  await step('delete-full-quotas', () => deleteFullQuotas(ctx.db))
  // Whose job was lost, or has waited all the time: the secret is not kept for ever.
  const before = new Date(now.getTime() - longestRevocationMs).toISOString()
  const givenUp = await step('delete-old-revocations', () => deleteOldRevocations(ctx.db, before))
  if (givenUp.length > 0) ctx.logger.warn({ revocationIds: givenUp }, 'grants were not revoked at Google in two days')
}
