import { randomUUID } from 'node:crypto'
import type { Kysely, Transaction } from 'kysely'
import type { EmailStatus, ErrorReason, ProcessEmailInput, RunRequest } from '../../shared-types/index.ts'
import { type AppContext, type Caller, isProgram } from '../context.ts'
import { lockEmailState } from '../db/emails/emails.ts'
import { findLiveSend } from '../db/sending/sends.ts'
import { findLiveRun, insertRun, type NewRun } from '../db/runs/runs.ts'
import type { DB } from '../db/engine/schema.ts'
import { AppError } from '../errors.ts'
import { inTransaction } from '../step.ts'

/** Asks for a run over one mail, whatever the settings say; one for review where a program asks. CONFLICT while one runs, or once the mail is answered. */
export async function requestRun(
  ctx: AppContext,
  caller: Caller,
  { emailId, ...request }: ProcessEmailInput,
): Promise<{ traceId: string }> {
  return inTransaction(ctx, 'request-run', async (trx) => {
    return { traceId: await enqueueRequested(ctx, trx, caller, emailId, request) }
  })
}

/** The same in the caller's transaction; the id of the run. */
export async function enqueueRequested(
  ctx: AppContext,
  trx: Transaction<DB>,
  caller: Caller,
  emailId: string,
  asked: RunRequest,
): Promise<string> {
  // Any request makes the gate hold the run for review: what a program says is the owner's word to nobody else.
  const request = isProgram(caller) ? { ...asked, byProgram: true } : asked
  return enqueueFull(ctx, trx, caller.userId, emailId, request)
}

/** The same for a batch, which may have been a program's. */
export async function enqueueFull(
  ctx: AppContext,
  trx: Transaction<DB>,
  userId: string,
  emailId: string,
  request: RunRequest,
  batch: { batchId?: string } = {},
): Promise<string> {
  await assertRunnable(trx, userId, emailId)
  const isEmpty = Object.values(request).every((said) => said === undefined || said === false)
  const run = { scope: 'full', isRequested: true, ...batch, ...(!isEmpty && { request }) } as const
  const traceId = await enqueueRun(ctx, trx, userId, emailId, run)
  if (!traceId) throw inProgress()
  return traceId
}

/** Asks for one mail to be sorted again, wherever it stands: it stays there. CONFLICT while a run of it is alive. */
export async function requestClassification(
  ctx: AppContext,
  userId: string,
  emailId: string,
): Promise<{ traceId: string }> {
  return inTransaction(ctx, 'request-classification', async (trx) => {
    return { traceId: await enqueueClassification(ctx, trx, userId, emailId) }
  })
}

/** The same in the caller's transaction, for a batch as well; the id of the run. */
export async function enqueueClassification(
  ctx: AppContext,
  trx: Transaction<DB>,
  userId: string,
  emailId: string,
  batch: { batchId?: string } = {},
): Promise<string> {
  const email = await lockInbound(trx, userId, emailId)
  // Its first run, which may draft, would find this one in its way.
  if (email.awaitsRun || (await findLiveRun(trx, userId, emailId))) throw inProgress()
  const traceId = await enqueueRun(ctx, trx, userId, emailId, { scope: 'classify', isRequested: true, ...batch })
  if (!traceId) throw inProgress()
  return traceId
}

/** The row of the run and its job, in the caller's transaction; undefined while another run of this mail is alive. */
export async function enqueueRun(
  ctx: AppContext,
  trx: Transaction<DB>,
  userId: string,
  emailId: string,
  run: NewRun,
): Promise<string | undefined> {
  const createdAt = ctx.clock.now().toISOString()
  const traceId = await insertRun(trx, userId, { id: randomUUID(), emailId, ...run, createdAt })
  // Somebody waits for a mail that they ask for by itself, and is not to wait for a batch.
  const canWait = run.batchId !== undefined
  if (traceId) await ctx.jobs.enqueue(trx, 'process-email', { userId, traceId }, { canWait })
  return traceId
}

function inProgress(): AppError {
  return new AppError('EMAIL_IN_PROGRESS', 'The agent is already working on this e-mail.')
}

/** Why a mail that is answered, or will be, is left as it is. */
export const answeredRefusals: Partial<Record<EmailStatus, readonly [ErrorReason, string]>> = {
  approved: ['EMAIL_ALREADY_APPROVED', 'A reply to this e-mail is approved and waits to be sent. Cancel it first.'],
  sent: ['EMAIL_ALREADY_SENT', 'This e-mail has been answered.'],
}

/** Locks a mail that came in. */
export async function lockInbound(trx: Kysely<DB>, userId: string, emailId: string) {
  const email = await lockEmailState(trx, userId, emailId)
  if (!email) throw new AppError('NOT_FOUND', 'There is no such e-mail.')
  if (email.direction === 'out')
    throw new AppError('EMAIL_NOT_INBOUND', 'This is your own e-mail: there is nothing to answer or to sort.')
  return email
}

async function assertRunnable(trx: Kysely<DB>, userId: string, emailId: string): Promise<void> {
  const email = await lockInbound(trx, userId, emailId)
  const refusal = answeredRefusals[email.status]
  if (refusal) throw new AppError(...refusal)
  // Asked before the insert, which would wait for a run that waits for this mail.
  if (await findLiveRun(trx, userId, emailId)) throw inProgress()
  if (await findLiveSend(trx, userId, emailId, ['SENDING', 'UNKNOWN'])) throw sendUnresolved()
}

export function sendUnresolved(): AppError {
  return new AppError('SEND_UNRESOLVED', 'Whether the last reply to this e-mail was sent is not settled yet.')
}
