import type { Transaction } from 'kysely'
import { BatchItemReason, type BatchKind } from '../../shared-types/index.ts'
import type { AppContext } from '../context.ts'
import type { DB } from '../db/engine/schema.ts'
import { findOpenItems, type ItemError, lockRunsOfBatch, moveItems } from '../db/runs/batch-items.ts'
import { beginBatchWork } from '../db/runs/batches.ts'
import { lockMails } from '../db/sending/thread-changes.ts'
import { AppError } from '../errors.ts'
import { inTransaction } from '../step.ts'
import { endIfDone } from './batches.ts'
import { enqueueClassification, enqueueFull } from './runs.ts'

/** Of one batch at work at once: whatever else is asked for meanwhile has its turn. */
const places = 4

/**
 * Notes which runs of a batch have ended and begins as many more, as ordinary runs; with the last of them the batch ends.
 * The end of each such run calls this again, and the minute's sweep where that was lost.
 */
export async function workOnBatch(
  ctx: AppContext,
  { userId, batchId }: { userId: string; batchId: string },
  signal: AbortSignal,
): Promise<void> {
  const work = (trx: Transaction<DB>) => fillPlaces(ctx, trx, userId, batchId)
  while (await inTransaction(ctx, 'work-on-batch', work)) signal.throwIfAborted()
}

/** Whether a place is free for a mail that waits, since one was refused. */
async function fillPlaces(ctx: AppContext, trx: Transaction<DB>, userId: string, batchId: string): Promise<boolean> {
  const now = ctx.clock.now().toISOString()
  const batch = await beginBatchWork(trx, userId, batchId, now)
  if (!batch) return false
  await lockRunsOfBatch(trx, userId, batchId)
  const open = await findOpenItems(trx, userId, batchId)
  const ended = open.filter(({ status, runStatus }) => status === 'running' && !isLive(runStatus))
  for (const { emailId, runStatus, error } of ended) {
    const end =
      runStatus === 'completed'
        ? ({ to: 'succeeded' } as const)
        : ({ to: 'failed', error: { reason: 'RUN_FAILED', message: error ?? 'Its run is gone.' } } as const)
    await moveItems(trx, userId, { batchId, emailIds: [emailId] }, { from: 'running', ...end })
  }
  const queued = open.filter(({ status }) => status === 'queued').map(({ emailId }) => emailId)
  const atWork = open.length - queued.length - ended.length
  const next = queued.slice(0, Math.max(places - atWork, 0))
  await lockMails(trx, userId, next)
  let refused = 0
  for (const emailId of next) {
    const begun = await begin(ctx, trx, userId, emailId, { batchId, ...batch })
    const isRefused = typeof begun !== 'string'
    const change = isRefused ? ({ to: 'failed', error: begun } as const) : ({ to: 'running', traceId: begun } as const)
    await moveItems(trx, userId, { batchId, emailIds: [emailId] }, { from: 'queued', ...change })
    if (isRefused) refused += 1
  }
  if (refused > 0 && queued.length > next.length) return true
  await endIfDone(trx, userId, batchId, now)
  return false
}

function isLive(runStatus: string | null): boolean {
  return runStatus === 'queued' || runStatus === 'running'
}

/** The id of its run, or why there is none. */
async function begin(
  ctx: AppContext,
  trx: Transaction<DB>,
  userId: string,
  emailId: string,
  { batchId, kind, byProgram }: { batchId: string; kind: BatchKind; byProgram: boolean },
): Promise<string | ItemError> {
  try {
    if (kind === 'classify') return await enqueueClassification(ctx, trx, userId, emailId, { batchId })
    return await enqueueFull(ctx, trx, userId, emailId, byProgram ? { byProgram } : {}, { batchId })
  } catch (error) {
    const reason = BatchItemReason.safeParse(error instanceof AppError ? error.reason : undefined)
    if (!reason.success || !(error instanceof AppError)) throw error
    return { reason: reason.data, message: error.message }
  }
}
