import type { AppContext } from '../context.ts'
import { deleteExpiredOauthStates } from '../db/accounts/oauth-states.ts'
import { deleteExpiredPersonalTokens } from '../db/accounts/personal-tokens.ts'
import { deleteExpiredPasswordResets } from '../db/accounts/password-resets.ts'
import { deleteOldBatches } from '../db/runs/batches.ts'
import { deleteOldRevocations } from '../db/mailboxes/grant-revocations.ts'
import { deleteExpiredCounters, deleteFullQuotas } from '../db/system/quota-buckets.ts'
import { step } from '../step.ts'

const dayMs = 86_400_000
const longestRevocationMs = 2 * dayMs
/** How long an owner can read what became of a batch. */
const batchesKeptMs = 30 * dayMs

/** Removes what is over and what nobody asks for any more: consents nobody came back from, resets of passwords that nobody made, tokens that have expired, batches that ended long ago, counters of past windows, full buckets, grants that could not be ended. */
export async function removeExpired(ctx: AppContext): Promise<void> {
  const now = ctx.clock.now()
  await step('delete-expired-oauth-states', () => deleteExpiredOauthStates(ctx.db, now.toISOString()))
  await step('delete-expired-resets', () => deleteExpiredPasswordResets(ctx.db, now.toISOString()))
  await step('delete-expired-tokens', () => deleteExpiredPersonalTokens(ctx.db, now.toISOString()))
  const ended = new Date(now.getTime() - batchesKeptMs).toISOString()
  await step('delete-old-batches', () => deleteOldBatches(ctx.db, ended))
  await step('delete-expired-counters', () => deleteExpiredCounters(ctx.db, now))
  await step('delete-full-quotas', () => deleteFullQuotas(ctx.db))
  // Whose job was lost, or has waited all the time: the secret is not kept for ever.
  const before = new Date(now.getTime() - longestRevocationMs).toISOString()
  const givenUp = await step('delete-old-revocations', () => deleteOldRevocations(ctx.db, before))
  if (givenUp.length > 0) ctx.logger.warn({ revocationIds: givenUp }, 'grants were not revoked at Google in two days')
}
