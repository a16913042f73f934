import type { AppContext } from '../../context.ts'
import type { ClaimedMailbox } from '../../db/mailboxes/sync.ts'
import { isUpstream } from '../../errors.ts'
import { step } from '../../step.ts'
import { enqueueSync, handOver, updateSync, recovered, type Sync } from './sync-lease.ts'
import { fetchAndStore } from './fetch-and-store.ts'

const pageSize = 50
const pagesPerJob = 10

/**
 * The first import, newest first, page by page; after a crash it goes on at the last page. It ends with the cursor from
 * before its first page, and the next sync tells what changed meanwhile. Runs begin with that sync: a mail is answered
 * only once its whole thread is there.
 */
export async function importMailbox(ctx: AppContext, sync: Sync, mailbox: ClaimedMailbox): Promise<void> {
  const { historyId, after } = await beginOrContinue(ctx, sync, mailbox)
  let pageToken = mailbox.importPageToken
  let done = mailbox.importDone ?? 0
  for (let page = 0; page < pagesPerJob; page++) {
    const listed = await listPage(ctx, sync, after, pageToken)
    const wanted = { gmailIds: listed.ids, after }
    done += listed.ids.length
    pageToken = listed.nextPageToken
    if (pageToken === null) {
      const end = { historyId, syncedAfter: after.toISOString(), leaseUntil: null }
      await fetchAndStore(ctx, sync, wanted, { ...recovered, ...importOver, ...end }, (trx) =>
        enqueueSync(ctx, trx, sync, null),
      )
      return
    }
    const place = { importPageToken: pageToken, importDone: done, importEstimated: Math.max(done, listed.estimated) }
    await fetchAndStore(ctx, sync, wanted, { ...recovered, ...place })
  }
  await handOver(ctx, sync)
}

/** The cursor and the bound are noted before the first mail is, and kept with the page token, which is good for them only. */
async function beginOrContinue(
  ctx: AppContext,
  sync: Sync,
  { importHistoryId, importAfter }: ClaimedMailbox,
): Promise<{ historyId: string; after: Date }> {
  if (importHistoryId !== null && importAfter !== null) {
    return { historyId: importHistoryId, after: new Date(importAfter) }
  }
  const { historyId } = await step('gmail-profile', () => ctx.mailbox.profile(sync, sync.signal))
  const after = startOfLookBack(ctx, sync)
  const begun = { importHistoryId: historyId, importAfter: after.toISOString(), importDone: 0 }
  await step('begin-import', () => updateSync(ctx, ctx.db, sync, begun))
  return { historyId, after }
}

/** In whole seconds, as Gmail's search has them. */
function startOfLookBack(ctx: AppContext, { settings }: Sync): Date {
  const days = Math.min(settings.lookBackDays, settings.retentionDays ?? Infinity)
  const startMs = ctx.clock.now().getTime() - days * 86_400_000
  return new Date(Math.floor(startMs / 1_000) * 1_000)
}

async function listPage(ctx: AppContext, sync: Sync, after: Date, pageToken: string | null) {
  const page = { after, limit: pageSize, ...(pageToken && { pageToken }) }
  try {
    return await step('gmail-list-messages', () => ctx.mailbox.listMessages(sync, page, sync.signal))
  } catch (error) {
    // A page token Gmail does not take any more: the next try begins again, and recognises what is stored already.
    const isPageRefused = pageToken !== null && isUpstream(error, 'rejected')
    const toFirstPage = { importPageToken: null, importDone: 0 }
    if (isPageRefused) await step('forget-import-page', () => updateSync(ctx, ctx.db, sync, toFirstPage))
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
