import type { AppContext } from '../../context.ts'
import { claimMailbox, type ClaimedMailbox, findSyncState } from '../../db/mailboxes/sync.ts'
import { getSettings } from '../../db/accounts/settings.ts'
import { messageOf } from '../../errors.ts'
import { claim, heldByAnother } from '../../lease.ts'
import type { MailboxRef } from '../../ports.ts'
import { inTransaction, step } from '../../step.ts'
import { followHistory } from './history.ts'
import { importMailbox } from './import.ts'
import { enqueueSync, type Sync } from './sync-lease.ts'
import { resyncMailbox } from './resync.ts'
import { releaseFailed } from './retry.ts'

/**
 * Brings the stored mailbox up to Gmail's: a first import by look-back days, afterwards by history, and by a resync
 * where the history has a gap. A job does a bounded part and hands over to the next. A second sync of the same mailbox
 * is refused while the first holds its lease, and tried again by the job's retry; before its time no sync asks Gmail.
 */
export async function syncMailbox(ctx: AppContext, mailbox: MailboxRef, signal: AbortSignal): Promise<void> {
  const { userId, mailboxId } = mailbox
  const settings = await getSettings(ctx.db, userId)
  const claimed = await claim(ctx.clock, (by) =>
    step('claim-mailbox', () => claimMailbox(ctx.db, userId, mailboxId, by)),
  )
  if (!claimed) return retryLater(ctx, mailbox)
  const sync = { userId, mailboxId, epoch: claimed.leaseEpoch, settings, signal }
  const log = ctx.logger.child({ userId, mailboxId, kind: kindOf(claimed) })
  const startedAt = performance.now()
  const ms = () => Math.round(performance.now() - startedAt)
  log.info('a sync begins')
  try {
    await continueSync(ctx, sync, claimed)
    log.info({ ms: ms() }, 'a sync has ended')
  } catch (error) {
    log.warn({ ms: ms(), reason: messageOf(error) }, 'a sync failed')
    await releaseFailed(ctx, sync, error)
    throw error
  }
}

function continueSync(ctx: AppContext, sync: Sync, mailbox: ClaimedMailbox): Promise<void> {
  const { historyId, resyncHistoryId } = mailbox
  if (historyId === null) return importMailbox(ctx, sync, mailbox)
  if (resyncHistoryId !== null) return resyncMailbox(ctx, sync, { ...mailbox, resyncHistoryId })
  return followHistory(ctx, sync, { ...mailbox, historyId })
}

function kindOf({ historyId, resyncHistoryId }: ClaimedMailbox): 'import' | 'resync' | 'history' {
  if (historyId === null) return 'import'
  return resyncHistoryId === null ? 'history' : 'resync'
}

async function retryLater(ctx: AppContext, mailbox: MailboxRef): Promise<void> {
  const state = await findSyncState(ctx.db, mailbox.userId, mailbox.mailboxId)
  if (state?.status !== 'active') return
  const retryAt = state.retryAt === null ? null : new Date(state.retryAt)
  if (!retryAt || retryAt <= ctx.clock.now()) throw heldByAnother(ctx.clock, 'this mailbox', state.leaseUntil)
  await inTransaction(ctx, 'postpone-sync', (trx) => enqueueSync(ctx, trx, mailbox, retryAt))
}
