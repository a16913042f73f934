import { enqueueSend } from '../agent/enqueue-send.ts'
import type { AppContext } from '../context.ts'
import {
  dueDigests,
  dueGmailDraftChecks,
  dueMailboxes,
  dueRetentions,
  dueWatches,
  goneEmails,
  lapsedBatches,
  lapsedReservations,
  lapsedSends,
  lapsedRuns,
  unfilledSearches,
  unfinishedDeletions,
  unwantedWatches,
} from '../db/sweeps.ts'
import { enqueueDigest } from '../services/digest.ts'
import { removeExpired } from '../services/expiry.ts'
import { warnOfLapsingWatches, watchInstants } from '../services/sync/gmail-watch.ts'
import { removeGoneEmails } from '../services/sync/removal.ts'
import { inTransaction } from '../step.ts'
import { enqueueDueVectors } from './due-vectors.ts'

const limit = 500
/** Each is work on thousands of mails. */
const refillLimit = 20
/** What is due normally has its job; what is this much overdue may have lost it, and gets one unless one waits. */
const overdueMs = 30_000
const dayMs = 86_400_000

/** Once a minute: what the clock makes due, and what a dead worker left behind. */
export async function sweepDue(ctx: AppContext): Promise<void> {
  const now = ctx.clock.now()
  const instants = { now: now.toISOString(), before: new Date(now.getTime() - overdueMs).toISOString() }
  await inTransaction(ctx, 'sweep-due', async (trx) => {
    for (const { userId, id } of await dueMailboxes(trx, instants.now, limit)) {
      await ctx.jobs.enqueue(trx, 'sync-mailbox', { userId, mailboxId: id })
    }
    for (const { userId, id } of await lapsedSends(trx, instants, limit)) {
      await enqueueSend(ctx, trx, userId, id)
    }
    const dayBefore = new Date(now.getTime() - dayMs).toISOString()
    for (const { userId, id } of await dueGmailDraftChecks(trx, dayBefore, limit)) {
      await ctx.jobs.enqueue(trx, 'sweep-drafts', { userId, mailboxId: id })
    }
    const watches = ctx.config.push ? dueWatches(trx, watchInstants(ctx), limit) : unwantedWatches(trx, limit)
    for (const { userId, id } of await watches) {
      await ctx.jobs.enqueue(trx, 'renew-watch', { userId, mailboxId: id })
    }
    for (const { userId } of await unfilledSearches(trx, refillLimit)) {
      await ctx.jobs.enqueue(trx, 'refill-search', { userId })
    }
    for (const { userId } of await dueDigests(trx, instants.now, limit)) {
      await enqueueDigest(ctx, trx, userId)
    }
    for (const { userId } of await dueRetentions(trx, instants.now, refillLimit)) {
      await ctx.jobs.enqueue(trx, 'apply-retention', { userId })
    }
    for (const { deletionId } of await unfinishedDeletions(trx, refillLimit)) {
      await ctx.jobs.enqueue(trx, 'purge-account', { deletionId })
    }
    for (const { userId, id } of await lapsedRuns(trx, instants, limit)) {
      await ctx.jobs.enqueue(trx, 'process-email', { userId, traceId: id })
    }
    for (const { userId, id } of await lapsedBatches(trx, instants.before, limit)) {
      await ctx.jobs.enqueue(trx, 'work-on-batch', { userId, batchId: id })
    }
  })
  for (const { userId, id } of await lapsedReservations(ctx.db, instants.now, limit)) {
    await ctx.budget.settleLapsed(userId, id)
  }
  await enqueueDueVectors(ctx)
  await removeGoneEmails(ctx, await goneEmails(ctx.db, limit))
  await warnOfLapsingWatches(ctx)
  await removeExpired(ctx)
}
