import type { AppContext } from '../../context.ts'
import { findSyncState, leaseMailbox, type LeasedMailbox } from '../../db/mailbox-sync.ts'
import { getSettings } from '../../db/settings.ts'
import { HeldError, messageOf } from '../../errors.ts'
import type { MailboxRef } from '../../ports.ts'
import { inTransaction, step } from '../../step.ts'
import { followHistory } from './history.ts'
import { importMailbox } from './import.ts'
import { enqueueSync, leaseEnd, type Sync } from './lease.ts'
import { resyncMailbox } from './resync.ts'
import { releaseFailed } from './retry.ts'

const shortestWaitMs = 1_000
/** The sync that holds it may end long before its lease. */
const longestWaitMs = 10_000

/**
 * Brings the stored mailbox up to Gmail's: a first import by look-back days, afterwards by history, and by a resync
 * where the history has a gap. A job does a bounded part and hands over to the next. A second sync of the same mailbox
 * is refused while the first holds its lease, and comes again by the job's retry; before its time no sync asks Gmail.
 */
export async function syncMailbox(ctx: AppContext, mailbox: MailboxRef, signal: AbortSignal): Promise<void> {
  const { userId, mailboxId } = mailbox
  const settings = await getSettings(ctx.db, userId)
  const lease = { now: ctx.clock.now(), until: leaseEnd(ctx) }
  const leased = await step('lease-mailbox', () => leaseMailbox(ctx.db, userId, mailboxId, lease))
  if (!leased) return comeAgain(ctx, mailbox)
  const sync = { userId, mailboxId, epoch: leased.leaseEpoch, settings, signal }
  const log = ctx.logger.child({ userId, mailboxId, kind: kindOf(leased) })
  const startedAt = performance.now()
  const ms = () => Math.round(performance.now() - startedAt)
  log.info('a sync begins')
  try {
    await goOn(ctx, sync, leased)
    log.info({ ms: ms() }, 'a sync has ended')
  } catch (error) {
    log.warn({ ms: ms(), reason: messageOf(error) }, 'a sync failed')
    await releaseFailed(ctx, sync, error)
    throw error
  }
}

function goOn(ctx: AppContext, sync: Sync, mailbox: LeasedMailbox): Promise<void> {
  const { historyId, resyncHistoryId } = mailbox
  if (historyId === null) return importMailbox(ctx, sync, mailbox)
  if (resyncHistoryId !== null) return resyncMailbox(ctx, sync, { ...mailbox, resyncHistoryId })
  return followHistory(ctx, sync, { ...mailbox, historyId })
}

function kindOf({ historyId, resyncHistoryId }: LeasedMailbox): 'import' | 'resync' | 'history' {
  if (historyId === null) return 'import'
  return resyncHistoryId === null ? 'history' : 'resync'
}

async function comeAgain(ctx: AppContext, mailbox: MailboxRef): Promise<void> {
  const state = await findSyncState(ctx.db, mailbox.userId, mailbox.mailboxId)
  if (state?.status !== 'active') return
  const retryAt = state.retryAt === null ? null : new Date(state.retryAt)
  const now = ctx.clock.now()
  if (!retryAt || retryAt <= now) {
    const heldMs = new Date(state.leaseUntil ?? 0).getTime() - now.getTime()
    throw new HeldError('another sync holds this mailbox', Math.min(Math.max(heldMs, shortestWaitMs), longestWaitMs))
  }
  await inTransaction(ctx, 'postpone-sync', (trx) => enqueueSync(ctx, trx, mailbox, retryAt))
}
