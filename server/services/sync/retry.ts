import type { Kysely } from 'kysely'
import type { AppContext } from '../../context.ts'
import { countFailure, type SyncProgress } from '../../db/mailboxes/sync.ts'
import { insertNotification } from '../../db/accounts/notifications.ts'
import type { DB } from '../../db/engine/schema.ts'
import { isUpstream, reasonOf, retryTimeOf, type UpstreamKind } from '../../errors.ts'
import { release } from '../../lease.ts'
import { outcomeOf } from '../../outcome.ts'
import { inTransaction } from '../../step.ts'
import { updateSync, type Sync } from './sync-lease.ts'

const firstPauseMs = 30_000
const longestPauseMs = 3_600_000
/** So many syncs in a row whose fresh token Gmail would not take: only a new consent helps. */
const refusalsUntilReauth = 3

/** The pause after so many failed syncs in a row: it doubles, with jitter, up to an hour. */
export function retryTime(now: Date, failures: number): Date {
  const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1))
  return new Date(now.getTime() + pauseMs * (0.75 + Math.random() / 4))
}

/** Gives the lease back with what went wrong, and when Gmail may be asked again. */
export function releaseFailed(ctx: AppContext, sync: Sync, error: unknown): Promise<void> {
  const { mailboxId, signal } = sync
  const isOutside = outcomeOf(error, signal).kind === 'outside'
  return release(ctx, { mailboxId }, () =>
    inTransaction(ctx, 'release-mailbox', async (trx) => {
      const progress = isOutside ? {} : await noteFailure(ctx, trx, sync, error)
      await updateSync(ctx, trx, sync, { ...progress, leaseUntil: null })
    }),
  )
}

async function noteFailure(ctx: AppContext, trx: Kysely<DB>, sync: Sync, error: unknown): Promise<SyncProgress> {
  const { userId, mailboxId, epoch } = sync
  const now = ctx.clock.now()
  const askedFor = retryTimeOf(error, now)
  if (askedFor) return { lastError: lastErrorOf(error), retryAt: askedFor.toISOString() }

  const isTokenRefused = isUpstream(error, 'needs_reauth')
  const { failures, tokenRefusals, status, address } = await countFailure(trx, userId, mailboxId, {
    epoch,
    isTokenRefused,
  })
  const progress = { lastError: lastErrorOf(error), retryAt: retryTime(now, failures).toISOString() }
  if (status !== 'active' || tokenRefusals < refusalsUntilReauth) return progress
  await insertNotification(trx, userId, 'mailbox_needs_reauth', { mailboxId, address }, now.toISOString())
  ctx.logger.warn({ userId, mailboxId }, 'Gmail refuses the fresh tokens of a mailbox')
  return { ...progress, status: 'needs_reauth' }
}

/** What the owner can do something about has a name a program can read; all else is told in words. */
function lastErrorOf(error: unknown): string {
  const named = isUpstream(error) ? namedErrors[error.kind] : undefined
  return named ?? reasonOf(error)
}

const namedErrors: Partial<Record<UpstreamKind, string>> = {
  needs_reauth: 'GMAIL_NEEDS_REAUTH',
  scope_missing: 'SCOPE_MISSING',
  domain_policy: 'DOMAIN_POLICY',
  daily_limit: 'DAILY_LIMIT',
}
