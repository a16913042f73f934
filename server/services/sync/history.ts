import type { AppContext } from '../../context.ts'
import type { ClaimedMailbox } from '../../db/mailboxes/sync.ts'
import { isUpstream } from '../../errors.ts'
import type { MailboxChange } from '../../ports.ts'
import { step } from '../../step.ts'
import { applyChanges, type Arrival } from './apply.ts'
import { foldChanges, inOrder } from './changes.ts'
import { releaseMailbox, handOver, recovered, renewLease, type Sync } from './sync-lease.ts'
import { retryDueQuarantined } from './quarantine-retry.ts'
import { beginResync } from './resync.ts'
import { beginRemainingRuns, beginRuns } from './begin-runs.ts'
import { fetchAndStore } from './fetch-and-store.ts'

const chunkSize = 50
const chunksPerJob = 10

/**
 * Does here what was done in Gmail since the cursor: mail that came, went, was read or labelled. The cursor moves in the
 * transaction that stores the last of it, so a sync that ends early is repeated, and what it did already changes nothing.
 */
export async function followHistory(
  ctx: AppContext,
  sync: Sync,
  mailbox: ClaimedMailbox & { historyId: string },
): Promise<void> {
  const history = await readHistory(ctx, sync, mailbox.historyId)
  if (!history) return beginResync(ctx, sync, mailbox)
  const after = new Date(mailbox.syncedAfter ?? 0)
  const arrivals = chunked(await applyAll(ctx, sync, history.changes, mailbox.historyTriedId), chunkSize)
  const last = arrivals.pop() ?? []
  for (const [place, chunk] of arrivals.entries()) {
    if (place === chunksPerJob) return handOver(ctx, sync)
    const historyTriedId = String(chunk.at(-1)?.at)
    await fetchAndStore(ctx, sync, { gmailIds: chunk.map(({ gmailId }) => gmailId), after }, { historyTriedId })
  }

  const gmailIds = [...new Set([...last.map(({ gmailId }) => gmailId), ...(await retryDueQuarantined(ctx, sync))])]
  const cursor = { historyId: history.historyId, historyTriedId: null, lastSyncAt: ctx.clock.now().toISOString() }
  let isMore = false
  await fetchAndStore(ctx, sync, { gmailIds, after }, { ...recovered, ...cursor }, async (trx) => {
    isMore = await beginRuns(ctx, trx, sync)
    if (!isMore) await releaseMailbox(ctx, trx, sync)
  })
  if (isMore) await beginRemainingRuns(ctx, sync)
}

/** Answers what has to be fetched, as it came; without what an earlier job has tried since. */
async function applyAll(
  ctx: AppContext,
  sync: Sync,
  changes: readonly MailboxChange[],
  triedId: string | null,
): Promise<Arrival[]> {
  const arrivals: Arrival[] = []
  for (const chunk of chunked([...foldChanges(changes)], chunkSize)) {
    arrivals.push(...(await applyChanges(ctx, sync, chunk)))
  }
  // Messages of one moment may lie on both sides of the break.
  return inOrder(arrivals.filter(({ at }) => at >= BigInt(triedId ?? 0)))
}

/** All pages, and the new cursor, which only the last one tells; null when Gmail does not know that far back. */
async function readHistory(ctx: AppContext, sync: Sync, since: string) {
  const changes: MailboxChange[] = []
  let place: { since: string; pageToken?: string } = { since }
  for (;;) {
    const page = await readPage(ctx, sync, place)
    if (!page) return null
    changes.push(...page.changes)
    if (page.nextPageToken === null) return { changes, historyId: newest(since, page.historyId) }
    place = { since, pageToken: page.nextPageToken }
    await renewLease(ctx, sync)
  }
}

async function readPage(ctx: AppContext, sync: Sync, place: { since: string; pageToken?: string }) {
  try {
    return await step('gmail-list-history', () => ctx.mailbox.listHistory(sync, place, sync.signal))
  } catch (error) {
    if (isUpstream(error, 'history_expired')) return null
    throw error
  }
}

/** The cursor never goes back, whichever of Gmail's servers answers. */
function newest(one: string, other: string): string {
  return BigInt(one) > BigInt(other) ? one : other
}

function chunked<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}
