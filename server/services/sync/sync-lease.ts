import type { Kysely, Transaction } from 'kysely'
import type { Settings } from '../../../shared-types/index.ts'
import type { AppContext } from '../../context.ts'
import { type SyncProgress, updateMailbox } from '../../db/mailboxes/sync.ts'
import type { DB } from '../../db/engine/schema.ts'
import { leaseUntil } from '../../lease.ts'
import { inTransaction, step } from '../../step.ts'

/** Longer waits are left to the minute's sweep: a job that waits would keep an earlier one out. */
const longestJobWaitMs = 120_000

/** Gmail answers again. */
export const answered = { lastError: null, retryAt: null, tokenRefusals: 0 } as const
/** And what was to be done is done. */
export const recovered = { ...answered, failures: 0 } as const

/** One sync that holds the mailbox: every write is fenced by the epoch of its claim. */
export interface Sync {
  readonly userId: string
  readonly mailboxId: string
  readonly epoch: number
  readonly settings: Settings
  readonly signal: AbortSignal
}

/** Every update renews the lease unless it gives it back. */
export function updateSync(ctx: AppContext, db: Kysely<DB>, sync: Sync, progress: SyncProgress): Promise<void> {
  return updateMailbox(db, sync.userId, sync.mailboxId, sync.epoch, { leaseUntil: leaseUntil(ctx.clock), ...progress })
}

export function renewLease(ctx: AppContext, sync: Sync): Promise<void> {
  return step('renew-lease', () => updateSync(ctx, ctx.db, sync, {}))
}

/** The sync is done with the mailbox. */
export function releaseMailbox(ctx: AppContext, db: Kysely<DB>, sync: Sync): Promise<void> {
  return updateSync(ctx, db, sync, { leaseUntil: null })
}

/** Gives the mailbox back to a job that goes on where this one ends. */
export function handOver(ctx: AppContext, sync: Sync): Promise<void> {
  return inTransaction(ctx, 'hand-over-sync', async (trx) => {
    await releaseMailbox(ctx, trx, sync)
    await enqueueSync(ctx, trx, sync, null)
  })
}

/** The next sync: now, or when the mailbox may be tried again. */
export async function enqueueSync(
  ctx: AppContext,
  trx: Transaction<DB>,
  { userId, mailboxId }: Pick<Sync, 'userId' | 'mailboxId'>,
  retryAt: Date | null,
): Promise<void> {
  if (retryAt && retryAt.getTime() - ctx.clock.now().getTime() > longestJobWaitMs) return
  await ctx.jobs.enqueue(trx, 'sync-mailbox', { userId, mailboxId }, ...(retryAt ? [{ startAfter: retryAt }] : []))
}
