import type { AppContext } from '../context.ts'
import type { LeasedMailbox } from '../db/mailbox-sync.ts'
import { isUpstream } from '../errors.ts'
import { step } from '../step.ts'
import { enqueueSync, handOver, move, recovered, type Sync } from './mailbox-lease.ts'
import { bringIn } from './mailbox-store.ts'

const pageSize = 50
const pagesPerJob = 10

/**
 * The first import, newest first, page by page; after a crash it goes on at the last page. It ends with the cursor from
 * before its first page, and the next sync tells what changed meanwhile. Runs begin with that sync: a mail is answered
 * only once its whole thread is there.
 */
export async function importMailbox(
  ctx: AppContext,
  sync: Sync,
  { importHistoryId, importPageToken, importAfter, importDone }: LeasedMailbox,
): Promise<void> {
  const historyId = importHistoryId ?? (await profileHistoryId(ctx, sync))
  // Kept with the page token, which is good for the same question only.
  const after = new Date(importAfter ?? startOfLookBack(ctx, sync))
  let pageToken = importPageToken
  let done = importDone ?? 0
  for (let page = 0; page < pagesPerJob; page++) {
    const listed = await listPage(ctx, sync, after, pageToken)
    const wanted = { gmailIds: listed.ids, after }
    done += listed.ids.length
    pageToken = listed.nextPageToken
    if (pageToken === null) {
      const end = { historyId, syncedAfter: after.toISOString(), lastSyncAt: ctx.clock.now().toISOString() }
      const progress = { ...recovered, ...importOver, ...end, leaseUntil: null }
      await bringIn(ctx, sync, wanted, progress, (trx) => enqueueSync(ctx, trx, sync, null))
      return
    }
    const importEstimated = Math.max(done, listed.estimated)
    const place = { importHistoryId: historyId, importPageToken: pageToken, importAfter: after.toISOString() }
    await bringIn(ctx, sync, wanted, { ...recovered, ...place, importDone: done, importEstimated })
  }
  await handOver(ctx, sync)
}

async function profileHistoryId(ctx: AppContext, sync: Sync): Promise<string> {
  const profile = await step('gmail-profile', () => ctx.mailbox.profile(sync, sync.signal))
  return profile.historyId
}

/** Whole seconds, as Gmail's search has them. */
function startOfLookBack(ctx: AppContext, { settings }: Sync): number {
  const start = ctx.clock.now().getTime() - settings.lookBackDays * 86_400_000
  return Math.floor(start / 1_000) * 1_000
}

async function listPage(ctx: AppContext, sync: Sync, after: Date, pageToken: string | null) {
  const page = { after, limit: pageSize, ...(pageToken && { pageToken }) }
  try {
    return await step('gmail-list-messages', () => ctx.mailbox.listMessages(sync, page, sync.signal))
  } catch (error) {
    // A page token Gmail does not take any more: the next try begins again, and recognises what is stored already.
    const isPageRefused = pageToken !== null && isUpstream(error, 'rejected')
    const toFirstPage = { importPageToken: null, importDone: 0 }
    if (isPageRefused) await step('forget-import-page', () => move(ctx, ctx.db, sync, toFirstPage))
    throw error
  }
}

const importOver = {
  importPageToken: null,
  importAfter: null,
  importHistoryId: null,
  importDone: null,
  importEstimated: null,
} as const
