import type { Transaction } from 'kysely'
import type { AppContext } from '../../context.ts'
import { lockAwaitingRun, noteRunsBegun, withLiveRun } from '../../db/emails/awaiting-runs.ts'
import type { DB } from '../../db/engine/schema.ts'
import { inTransaction } from '../../step.ts'
import { releaseMailbox, type Sync, updateSync } from './sync-lease.ts'
import { enqueueRun } from '../runs.ts'

/** Some hundred milliseconds of work, so that no lease lapses and no lock is held for long. */
const chunkSize = 100

/**
 * Begins the first runs of stored mail, as the owner's settings say; answers whether there are more. What has not begun
 * is noted with the mail, so nothing is lost with the process.
 */
export async function beginRuns(ctx: AppContext, trx: Transaction<DB>, sync: Sync): Promise<boolean> {
  const { userId, mailboxId, settings } = sync
  const awaiting = await lockAwaitingRun(trx, userId, mailboxId, chunkSize)
  const emailIds = awaiting.map(({ id }) => id)
  const scope = settings.autonomy !== 'off' && settings.processOnSync ? 'full' : 'classify'
  if (scope === 'full' || settings.classifyOnSync) {
    // Asked for before the insert, which would wait for a run that waits for this mail.
    const live = await withLiveRun(trx, userId, emailIds)
    for (const { id, isOpen } of awaiting) {
      if (isOpen && !live.has(id)) await enqueueRun(ctx, trx, userId, id, { scope })
    }
  }
  await noteRunsBegun(trx, userId, emailIds)
  return awaiting.length === chunkSize
}

/** Begins what one transaction left, and gives the mailbox back. */
export async function beginRemainingRuns(ctx: AppContext, sync: Sync): Promise<void> {
  let isMore = true
  while (isMore) {
    isMore = await inTransaction(ctx, 'begin-runs', async (trx) => {
      await updateSync(ctx, trx, sync, {})
      const hasMore = await beginRuns(ctx, trx, sync)
      if (!hasMore) await releaseMailbox(ctx, trx, sync)
      return hasMore
    })
  }
}
