import type { Transaction } from 'kysely'
import type { AppContext } from '../../context.ts'
import type { ClaimedMailbox } from '../../db/mailboxes/sync.ts'
import { clearListing, noteLabel, noteListed } from '../../db/mailboxes/resync.ts'
import type { DB } from '../../db/engine/schema.ts'
import { isUpstream } from '../../errors.ts'
import { inTransaction, step } from '../../step.ts'
import { answered, enqueueSync, handOver, updateSync, type Sync } from './sync-lease.ts'
import { reconcileMailbox } from './reconcile-mailbox.ts'
import { retryTime } from './retry.ts'

const pageSize = 500
const pagesPerJob = 40
/** Stands first among the labels to list: all mail, whatever it wears. */
const allMail = ''
/** Not among what is listed by the label: the list of all mail leaves drafts and chats out. */
const unlisted = ['DRAFT', 'CHAT']
/** Kept apart by Gmail: listed by their label alone. */
const apart = ['SPAM', 'TRASH']

/**
 * The history has a gap: Gmail is asked what it has, from the import's bound on, and what is stored is made equal to it.
 * The new cursor is from before the first page. One resync after the other waits, as after a failure.
 */
export async function beginResync(ctx: AppContext, sync: Sync, { failures }: ClaimedMailbox): Promise<void> {
  const { userId, mailboxId } = sync
  const { historyId } = await step('gmail-profile', () => ctx.mailbox.profile(sync, sync.signal))
  const labels = await step('gmail-list-labels', () => ctx.mailbox.listLabels(sync, sync.signal))
  const retryAt = failures > 0 ? retryTime(ctx.clock.now(), failures) : null
  await inTransaction(ctx, 'begin-resync', async (trx) => {
    await updateSync(ctx, trx, sync, {
      leaseUntil: null,
      failures: failures + 1,
      retryAt: retryAt?.toISOString() ?? null,
      resyncHistoryId: historyId,
      resyncLabels: [allMail, ...labels.filter((label) => !unlisted.includes(label))],
      resyncPageToken: null,
      historyTriedId: null,
    })
    await clearListing(trx, userId, mailboxId)
    await enqueueSync(ctx, trx, sync, retryAt)
  })
}

/** Lists, then reconciles; a job does a bounded part of either. */
export async function resyncMailbox(
  ctx: AppContext,
  sync: Sync,
  mailbox: ClaimedMailbox & { resyncHistoryId: string },
): Promise<void> {
  const isListed = await listMailbox(ctx, sync, mailbox)
  if (!isListed) return handOver(ctx, sync)
  const isEqual = await reconcileMailbox(ctx, sync, boundOf(mailbox))
  if (!isEqual) return handOver(ctx, sync)
  await inTransaction(ctx, 'end-resync', async (trx) => {
    await updateSync(ctx, trx, sync, {
      ...answered,
      leaseUntil: null,
      historyId: mailbox.resyncHistoryId,
      resyncHistoryId: null,
      resyncLabels: null,
      resyncPageToken: null,
    })
    await clearListing(trx, sync.userId, sync.mailboxId)
    await enqueueSync(ctx, trx, sync, null)
  })
}

function boundOf({ syncedAfter }: ClaimedMailbox): Date {
  return new Date(syncedAfter ?? 0)
}

/** Ids by label, up to 500 for 5 units, rather than messages one by one for 20; false when there are more. */
async function listMailbox(ctx: AppContext, sync: Sync, mailbox: ClaimedMailbox): Promise<boolean> {
  let labels = mailbox.resyncLabels ?? []
  let pageToken = mailbox.resyncPageToken
  for (let page = 0; page < pagesPerJob; page++) {
    const [label] = labels
    if (label === undefined) return true
    const listed = await listPage(ctx, sync, { after: boundOf(mailbox), label, pageToken })
    if (listed.nextPageToken === null) labels = labels.slice(1)
    pageToken = listed.nextPageToken
    const progress = { resyncLabels: labels, resyncPageToken: pageToken }
    await inTransaction(ctx, 'note-listed', async (trx) => {
      await updateSync(ctx, trx, sync, progress)
      await notePage(trx, sync, { gmailIds: listed.ids, label })
    })
  }
  return labels.length === 0
}

function notePage(trx: Transaction<DB>, sync: Sync, { gmailIds, label }: { gmailIds: string[]; label: string }) {
  const { userId, mailboxId } = sync
  if (label === allMail) return noteListed(trx, userId, mailboxId, { gmailIds, labels: [] })
  if (apart.includes(label)) return noteListed(trx, userId, mailboxId, { gmailIds, labels: [label] })
  return noteLabel(trx, userId, mailboxId, { gmailIds, label })
}

async function listPage(
  ctx: AppContext,
  sync: Sync,
  { after, label, pageToken }: { after: Date; label: string; pageToken: string | null },
): Promise<{ ids: string[]; nextPageToken: string | null }> {
  const page = { after, limit: pageSize, ...(label !== allMail && { label }), ...(pageToken && { pageToken }) }
  try {
    return await step('gmail-list-messages', () => ctx.mailbox.listMessages(sync, page, sync.signal))
  } catch (error) {
    if (!isUpstream(error, 'rejected')) throw error
    // Deleted meanwhile: nobody wears it.
    if (label !== allMail && pageToken === null) return { ids: [], nextPageToken: null }
    // A page token Gmail does not take any more: the next try lists this label again.
    await step('forget-resync-page', () => updateSync(ctx, ctx.db, sync, { resyncPageToken: null }))
    throw error
  }
}
