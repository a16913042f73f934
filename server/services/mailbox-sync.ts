import type { Kysely, Transaction } from 'kysely'
import type { Settings } from '../../shared-types/index.ts'
import type { AppContext } from '../context.ts'
import { pendingWithoutRun } from '../db/emails.ts'
import { knownGmailIds } from '../db/email-store.ts'
import { leaseMailbox, moveMailbox, type SyncProgress } from '../db/mailbox-sync.ts'
import { findMailbox } from '../db/mailboxes.ts'
import type { DB } from '../db/schema.ts'
import { getSettings } from '../db/settings.ts'
import { isUpstream, reasonOf, type UpstreamKind } from '../errors.ts'
import { step } from '../step.ts'
import { type Fetched, fetchMessages, storeMessages } from './message-import.ts'
import { enqueueRun } from './runs.ts'

const leaseMs = 60_000
const chunkSize = 50
const pagesPerJob = 10

/** One sync that holds the mailbox: every write is fenced by the epoch of its lease. */
interface Sync {
  readonly userId: string
  readonly mailboxId: string
  readonly epoch: number
  readonly settings: Settings
  readonly signal: AbortSignal
}

/**
 * Brings the stored mailbox up to Gmail's: a first import by look-back days, afterwards by history. The cursor moves
 * only in the transaction that stores the last of what it stands for. A second sync of the same mailbox is refused
 * while the first holds its lease, and comes again by the job's retry.
 */
export async function syncMailbox(
  ctx: AppContext,
  { userId, mailboxId }: { userId: string; mailboxId: string },
  signal: AbortSignal,
): Promise<void> {
  const now = ctx.clock.now()
  const mailbox = await step('lease-mailbox', () =>
    leaseMailbox(ctx.db, userId, mailboxId, { now, until: leaseEnd(ctx) }),
  )
  if (!mailbox) return refuseWhileHeld(ctx, userId, mailboxId)
  const settings = await getSettings(ctx.db, userId)
  const sync = { userId, mailboxId, epoch: mailbox.leaseEpoch, settings, signal }
  try {
    if (mailbox.historyId === null) await importMailbox(ctx, sync, mailbox)
    else await followHistory(ctx, sync, mailbox.historyId)
  } catch (error) {
    await release(ctx, sync, { ...mailbox, error })
    throw error
  }
}

/** Gives the lease back with what went wrong; a cursor or page that Gmail does not take any more is forgotten. */
async function release(
  ctx: AppContext,
  sync: Sync,
  { error, importPageToken }: Pick<Progress, 'importPageToken'> & { error: unknown },
): Promise<void> {
  const isPageRefused = importPageToken !== null && isUpstream(error, 'rejected')
  const progress: SyncProgress = {
    leaseUntil: null,
    // Reading again by date: what is stored already is recognised.
    ...(isUpstream(error, 'history_expired') ? { historyId: null } : {}),
    ...(isPageRefused ? importForgotten : {}),
    ...(sync.signal.aborted ? {} : { lastError: lastErrorOf(error) }),
  }
  try {
    await step('release-mailbox', () => move(ctx, ctx.db, sync, progress))
  } catch (failure) {
    ctx.logger.warn({ err: failure, mailboxId: sync.mailboxId }, 'the lease of a mailbox could not be given back')
  }
}

/** What the owner can do something about has a name a program can read; all else is told in words. */
function lastErrorOf(error: unknown): string {
  const named = isUpstream(error) ? namedErrors[error.kind] : undefined
  return named ?? reasonOf(error)
}

const namedErrors: Partial<Record<UpstreamKind, string>> = {
  needs_reauth: 'GMAIL_NEEDS_REAUTH',
  scope_missing: 'SCOPE_MISSING',
  domain_policy: 'DOMAIN_POLICY',
  daily_limit: 'DAILY_LIMIT',
}

async function refuseWhileHeld(ctx: AppContext, userId: string, mailboxId: string): Promise<void> {
  const mailbox = await findMailbox(ctx.db, userId, mailboxId)
  if (mailbox?.status === 'active') throw new Error('another sync holds this mailbox')
}

type Progress = NonNullable<Awaited<ReturnType<typeof leaseMailbox>>>

/**
 * Newest first, page by page; after a crash it goes on at the last page. Runs begin with the last page: a mail is
 * answered only once its whole thread is there.
 */
async function importMailbox(
  ctx: AppContext,
  sync: Sync,
  { importHistoryId, importPageToken, importAfter, importDone }: Progress,
): Promise<void> {
  // The history id from before the first page: what changes meanwhile is found by the first sync after the import.
  const historyId = importHistoryId ?? (await profileHistoryId(ctx, sync))
  const lookBackMs = sync.settings.lookBackDays * 86_400_000
  // Kept with the page token, which is good for the same question only.
  const after = new Date(importAfter ?? ctx.clock.now().getTime() - lookBackMs)
  let pageToken = importPageToken
  let done = importDone ?? 0
  for (let page = 0; page < pagesPerJob; page++) {
    const wanted = { after, limit: chunkSize, ...(pageToken ? { pageToken } : {}) }
    const listed = await step('gmail-list-messages', () => ctx.mailbox.listMessages(sync, wanted, sync.signal))
    const fetched = await fetchUnknown(ctx, sync, listed.ids)
    done += listed.ids.length
    pageToken = listed.nextPageToken
    const progress = {
      importHistoryId: historyId,
      importPageToken: pageToken,
      importAfter: after.toISOString(),
      importDone: done,
      importEstimated: Math.max(done, listed.estimated),
    }
    const isLast = pageToken === null
    await store(ctx, sync, fetched, isLast ? { ...completed(ctx), historyId } : progress, (trx) =>
      isLast ? pendingWithoutRun(trx, sync.userId, sync.mailboxId) : Promise.resolve([]),
    )
    if (isLast) return
  }
  await step('continue-import', () =>
    ctx.db.transaction().execute(async (trx) => {
      await move(ctx, trx, sync, { leaseUntil: null })
      await ctx.jobs.enqueue(trx, 'sync-mailbox', { userId: sync.userId, mailboxId: sync.mailboxId })
    }),
  )
}

async function profileHistoryId(ctx: AppContext, sync: Sync): Promise<string> {
  const profile = await step('gmail-profile', () => ctx.mailbox.profile(sync, sync.signal))
  return profile.historyId
}

async function followHistory(ctx: AppContext, sync: Sync, since: string): Promise<void> {
  const { ids, historyId } = await step('gmail-list-history', () => ctx.mailbox.listAdded(sync, since, sync.signal))
  const chunks = chunked(ids, chunkSize)
  const last = chunks.pop() ?? []
  const storeNew = async (chunk: readonly string[], progress: SyncProgress) =>
    store(ctx, sync, await fetchUnknown(ctx, sync, chunk), progress, (_trx, newInbound) => Promise.resolve(newInbound))
  for (const chunk of chunks) await storeNew(chunk, {})
  await storeNew(last, { ...completed(ctx), historyId })
}

async function fetchUnknown(ctx: AppContext, sync: Sync, ids: readonly string[]): Promise<Fetched[]> {
  const known = await knownGmailIds(ctx.db, sync.userId, sync.mailboxId, ids)
  const unknown = ids.filter((id) => !known.has(id))
  const keepLease = () => step('renew-lease', () => move(ctx, ctx.db, sync, {}))
  return fetchMessages(ctx, sync, unknown, { signal: sync.signal, keepLease })
}

/** One transaction: the rows, the cursor or progress that stands for them, and the jobs that follow. */
async function store(
  ctx: AppContext,
  sync: Sync,
  fetched: readonly Fetched[],
  progress: SyncProgress,
  toRun: (trx: Transaction<DB>, newInbound: readonly string[]) => Promise<readonly string[]>,
): Promise<void> {
  const { userId } = sync
  await step('store-messages', () =>
    ctx.db.transaction().execute(async (trx) => {
      await move(ctx, trx, sync, progress)
      const emails = await storeMessages(ctx, trx, sync, fetched)
      if (emails.length > 0)
        await ctx.jobs.enqueue(trx, 'embed-emails', { userId, emailIds: emails.map(({ id }) => id) })
      const newInbound = emails.filter(({ direction }) => direction === 'in').map(({ id }) => id)
      await startRuns(ctx, trx, sync, await toRun(trx, newInbound))
    }),
  )
}

async function startRuns(
  ctx: AppContext,
  trx: Transaction<DB>,
  { userId, settings }: Sync,
  emailIds: readonly string[],
) {
  const processes = settings.autonomy !== 'off' && settings.processOnSync
  if (!processes && !settings.classifyOnSync) return
  for (const emailId of emailIds) await enqueueRun(ctx, trx, userId, emailId, processes ? 'full' : 'classify')
}

const importForgotten = {
  importPageToken: null,
  importAfter: null,
  importHistoryId: null,
  importDone: null,
  importEstimated: null,
} as const

function completed(ctx: AppContext): SyncProgress {
  return { ...importForgotten, lastSyncAt: ctx.clock.now().toISOString(), lastError: null, leaseUntil: null }
}

/** Every move renews the lease unless it ends it. */
function move(ctx: AppContext, db: Kysely<DB>, sync: Sync, progress: SyncProgress): Promise<void> {
  return moveMailbox(db, sync.userId, sync.mailboxId, sync.epoch, {
    leaseUntil: leaseEnd(ctx).toISOString(),
    ...progress,
  })
}

function leaseEnd(ctx: AppContext): Date {
  return new Date(ctx.clock.now().getTime() + leaseMs)
}

function chunked<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}
