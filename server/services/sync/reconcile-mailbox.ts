import type { AppContext } from '../../context.ts'
import {
  adoptListedLabels,
  deleteUnstored,
  listedButMissing,
  noteListed,
  storedButUnlisted,
  storedWithLabel,
} from '../../db/mailboxes/resync.ts'
import { inTransaction } from '../../step.ts'
import { leftOut } from './changes.ts'
import { updateSync, type Sync } from './sync-lease.ts'
import { lookUp, settleLookedUp } from './lookup.ts'
import { removeEmails } from './removal.ts'
import { fetchAndStore } from './fetch-and-store.ts'

const chunkSize = 50
const relabelledAtOnce = 500
const readsPerJob = 500

/**
 * Makes what is stored equal to what Gmail was listed to have. What it did once it need not do again, so that it may end
 * at any moment; false when a job has read enough and there is more.
 */
export async function reconcileMailbox(ctx: AppContext, sync: Sync, after: Date): Promise<boolean> {
  await removeLeftOut(ctx, sync)
  if (!(await settleUnlisted(ctx, sync))) return false
  if (!(await fetchMissing(ctx, sync, after))) return false
  await adoptLabels(ctx, sync)
  return true
}

async function removeLeftOut(ctx: AppContext, sync: Sync): Promise<void> {
  const { userId, mailboxId } = sync
  for (;;) {
    const emailIds = await storedWithLabel(ctx.db, userId, mailboxId, { labels: leftOut, limit: chunkSize })
    if (emailIds.length === 0) return
    await inTransaction(ctx, 'remove-left-out', async (trx) => {
      await updateSync(ctx, trx, sync, {})
      await removeEmails(ctx, trx, userId, emailIds)
    })
  }
}

/** A list may lag behind, so what it does not name is looked at by itself before it is taken for gone. */
async function settleUnlisted(ctx: AppContext, sync: Sync): Promise<boolean> {
  const { userId, mailboxId } = sync
  for (let reads = 0; reads < readsPerJob; reads += chunkSize) {
    const emails = await storedButUnlisted(ctx.db, userId, mailboxId, chunkSize)
    if (emails.length === 0) return true
    const found = await lookUp(ctx, sync, emails)
    await inTransaction(ctx, 'settle-unlisted', async (trx) => {
      await updateSync(ctx, trx, sync, {})
      await settleLookedUp(ctx, trx, sync, found)
      for (const { kind, gmailId, labels } of found) {
        if (kind !== 'gone') await noteListed(trx, userId, mailboxId, { gmailIds: [gmailId], labels })
      }
    })
  }
  return false
}

async function fetchMissing(ctx: AppContext, sync: Sync, after: Date): Promise<boolean> {
  const { userId, mailboxId } = sync
  for (let reads = 0; reads < readsPerJob; reads += chunkSize) {
    const wanted = { leftOut, now: ctx.clock.now().toISOString(), limit: chunkSize }
    const gmailIds = await listedButMissing(ctx.db, userId, mailboxId, wanted)
    if (gmailIds.length === 0) return true
    await fetchAndStore(ctx, sync, { gmailIds, after }, {}, (trx) => deleteUnstored(trx, userId, mailboxId, gmailIds))
  }
  return false
}

async function adoptLabels(ctx: AppContext, sync: Sync): Promise<void> {
  const { userId, mailboxId } = sync
  for (let changed = relabelledAtOnce; changed === relabelledAtOnce;) {
    changed = await inTransaction(ctx, 'adopt-labels', async (trx) => {
      await updateSync(ctx, trx, sync, {})
      return adoptListedLabels(trx, userId, mailboxId, { leftOut, limit: relabelledAtOnce })
    })
  }
}
