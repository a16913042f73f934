import { randomUUID } from 'node:crypto'
import type { Transaction } from 'kysely'
import type { Batch, BatchKind } from '../../shared-types/index.ts'
import { type AppContext, type Caller, isProgram } from '../context.ts'
import { lockUser } from '../db/accounts/users.ts'
import type { DB } from '../db/engine/schema.ts'
import { insertBatchItems, type ItemError, keepMails, mailsOfItems, moveItems } from '../db/runs/batch-items.ts'
import {
  countRunningBatches,
  endBatch,
  getBatch,
  insertBatch,
  lockBatch,
  noBatch,
  reopenBatch,
} from '../db/runs/batches.ts'
import { insertNotification } from '../db/accounts/notifications.ts'
import { lockMails } from '../db/sending/thread-changes.ts'
import { AppError } from '../errors.ts'
import { inTransaction } from '../step.ts'

/** Of one owner, at once. */
export const mostOpenBatches = 5

const unknownMail: ItemError = { reason: 'NOT_FOUND', message: 'There is no such e-mail.' }

/**
 * Works on many mails, a few at a time, whatever becomes of this process. A mail that is named twice counts once; one
 * that is not there, or not theirs, has failed from the start, and so has any that a call for it alone would be refused
 * for once its turn has come. TOO_MANY_BATCHES.
 */
export async function createBatch(
  ctx: AppContext,
  caller: Caller,
  kind: BatchKind,
  named: readonly string[],
): Promise<Batch> {
  const { userId } = caller
  // The database writes ids in small letters, whatever they were asked for in.
  const emailIds = [...new Set(named.map((id) => id.toLowerCase()))]
  const [batchId, createdAt] = [randomUUID(), ctx.clock.now().toISOString()]
  return inTransaction(ctx, 'create-batch', async (trx) => {
    await assertRoom(trx, userId)
    const known = await keepMails(trx, userId, emailIds)
    await insertBatch(trx, userId, { id: batchId, kind, byProgram: isProgram(caller), createdAt })
    const items = emailIds.map((emailId) => ({ emailId, error: known.has(emailId) ? null : unknownMail }))
    await insertBatchItems(trx, userId, batchId, items)
    if (known.size > 0) await ctx.jobs.enqueue(trx, 'work-on-batch', { userId, batchId })
    else await endIfDone(trx, userId, batchId, createdAt)
    return getBatch(trx, userId, batchId)
  })
}

/** What is not begun never is; what runs ends as it does. Once more, or after its end, it changes nothing. NOT_FOUND. */
export function cancelBatch(ctx: AppContext, userId: string, batchId: string): Promise<Batch> {
  return inTransaction(ctx, 'cancel-batch', async (trx) => {
    if (!(await lockBatch(trx, userId, batchId))) throw noBatch()
    const emailIds = await mailsOfItems(trx, userId, batchId, 'queued')
    // Whoever deletes mail holds it before its place in a batch.
    await lockMails(trx, userId, emailIds)
    await moveItems(trx, userId, { batchId, emailIds }, { from: 'queued', to: 'cancelled' })
    await endIfDone(trx, userId, batchId, ctx.clock.now().toISOString())
    return getBatch(trx, userId, batchId)
  })
}

/** Its failed mails are worked on again, but for those that are not there. NOT_FOUND, BATCH_RUNNING, TOO_MANY_BATCHES. */
export async function retryFailed(ctx: AppContext, caller: Caller, batchId: string): Promise<Batch> {
  const { userId } = caller
  const now = ctx.clock.now().toISOString()
  return inTransaction(ctx, 'retry-batch', async (trx) => {
    await lockUser(trx, userId)
    const batch = await lockBatch(trx, userId, batchId)
    if (!batch) throw noBatch()
    if (batch.status === 'running') {
      throw new AppError('BATCH_RUNNING', 'This batch is still being worked on. Wait for its end, or cancel it first.')
    }
    const emailIds = await mailsOfItems(trx, userId, batchId, 'failed')
    if (emailIds.length > 0) {
      await assertRoom(trx, userId)
      await lockMails(trx, userId, emailIds)
      await moveItems(trx, userId, { batchId, emailIds }, { from: 'failed', to: 'queued' })
      await reopenBatch(trx, userId, batchId, { byProgram: isProgram(caller), now })
      await ctx.jobs.enqueue(trx, 'work-on-batch', { userId, batchId })
    }
    return getBatch(trx, userId, batchId)
  })
}

/** One at a time, or two at once would both be the last that there is room for. */
async function assertRoom(trx: Transaction<DB>, userId: string): Promise<void> {
  await lockUser(trx, userId)
  if ((await countRunningBatches(trx, userId)) < mostOpenBatches) return
  const message = `${mostOpenBatches} batches of yours are being worked on already. Wait for one, or cancel it.`
  throw new AppError('TOO_MANY_BATCHES', message)
}

/** The batch ends with the last of its mails, and its owner is told. */
export async function endIfDone(trx: Transaction<DB>, userId: string, batchId: string, now: string): Promise<void> {
  if (await endBatch(trx, userId, batchId, now)) await insertNotification(trx, userId, 'batch_done', { batchId }, now)
}
