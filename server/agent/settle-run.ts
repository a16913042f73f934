import { randomUUID } from 'node:crypto'
import type { Kysely, Transaction } from 'kysely'
import type { EmailStatus, Intent, Reason } from '../../shared-types/index.ts'
import type { AppContext } from '../context.ts'
import { insertDraft, supersedeDrafts } from '../db/sending/draft-store.ts'
import { insertNotification } from '../db/accounts/notifications.ts'
import { correctedByOwner } from '../db/emails/corrections.ts'
import { findNewerInThread } from '../db/emails/retrieval.ts'
import { endRun, lowerMode, runMode } from '../db/runs/runs.ts'
import { moveEmail, saveClassification } from '../db/emails/status.ts'
import type { DB } from '../db/engine/schema.ts'
import { lockMails, lockThreads } from '../db/sending/thread-changes.ts'
import { reasonOf } from '../errors.ts'
import { settledByNewer } from '../mail/newer-in-thread.ts'
import { inTransaction } from '../step.ts'
import { traceparent } from '../tracing.ts'
import { approve } from './approve.ts'
import { joinAnsweringDraft, openRequestReasons, joinOlderMails } from './one-request.ts'
import { hasReplyAddress, senderAlone } from '../mail/recipients.ts'
import { isHourGone } from './hold-hours.ts'
import type { Journal } from './journal.ts'
import { reviewAgain } from './policy.ts'
import type { Run, RunState, Verdict } from './state.ts'
import { changingFacts } from './stored-facts.ts'

/** Ends a run that worked: one transaction for the mail's status, its draft, the run and the word to the owner. */
export async function settleRun(ctx: AppContext, run: Run, journal: Journal, state: RunState): Promise<void> {
  const { userId, traceId, email } = run.input
  const { classify, generate } = state
  if (!classify) throw new Error('a run cannot end before it has classified the mail')
  const end = { status: 'completed', error: null, intent: classify.intent } as const
  await settle(ctx, run, journal, end, async (trx, now) => {
    const isFull = run.scope === 'full'
    const isWanted = run.input.request?.replyAnyway === true
    const meanwhile = isFull && (classify.needsReply || isWanted) ? await settledMeanwhile(trx, run, state) : null
    const settled = isWanted ? null : meanwhile
    const reasonsOf = isFull ? {} : { reasons: [classify.reason] }
    const saved = await saveClassification(trx, userId, email.id, { ...classify, ...reasonsOf })
    if (!isFull) return
    const why = saved.isCorrected ? correctedByOwner : classify.reason
    await supersedeDrafts(trx, userId, email.id)
    const noReply = classify.needsReply || isWanted ? settled : classify.reason
    const isClosed = settled !== null || classify.muted === 'yes'
    if (noReply !== null) {
      const told = why.code === noReply.code || !saved.isCorrected ? [noReply] : [why, noReply]
      return moveProcessed(trx, run, 'no_reply', [...told, ...(await openRequestReasons(trx, run, isClosed))])
    }
    if (!hasReplyAddress(email)) {
      await moveProcessed(trx, run, 'needs_review', [why, answerInGmail])
      return insertNotification(trx, userId, 'no_draft', { emailId: email.id }, now)
    }
    if (await joinAnsweringDraft(trx, run)) return

    const review = await reviewNow(ctx, trx, run, state, saved)
    if (!generate || !review) throw new Error('a mail that needs a reply has no reviewed draft')
    const reasons = review.kind === 'ask' ? review.reasons : []
    const to = review.kind === 'ask' ? generate.to : senderAlone(email)
    const { leftOut: _leftOut, template, ...reply } = generate
    const made = { id: randomUUID(), emailId: email.id, traceId, reasons, createdAt: now }
    const draft = { ...reply, ...made, to, templateId: template?.id, templateVersion: template?.version }
    const told = [why, ...reasons.filter((reason) => reason !== why)]
    await moveProcessed(trx, run, review.kind === 'ask' ? 'needs_review' : 'approved', told)
    await insertDraft(trx, userId, draft)
    await joinOlderMails(ctx, trx, run, draft, state)
    const ids = { emailId: email.id, draftId: draft.id }
    if (review.kind === 'ask') return insertNotification(trx, userId, 'draft_ready', ids, now)
    const approval = { draftId: draft.id, version: 1, mailboxId: email.mailboxId, approvedAt: new Date(now) }
    const isApproved = await approve(ctx, trx, userId, { ...approval, origin: 'agent' })
    if (!isApproved) throw new Error('the new draft cannot be approved')
    await insertNotification(trx, userId, 'reply_scheduled', ids, now)
  })
}

const answerInGmail: Reason = {
  code: 'SENDER_UNCLEAR',
  text: 'A reply from here cannot be addressed to its sender: answer it in Gmail.',
}

/** The gate's verdict, with what may have changed since the step: a run can wait long before it ends. */
async function reviewNow(
  ctx: AppContext,
  trx: Transaction<DB>,
  { input }: Run,
  state: RunState,
  found: { intent: Intent },
): Promise<Verdict | undefined> {
  const { userId, traceId } = input
  if (state.review?.kind !== 'send') return state.review
  // The owner has said since that the mail is something else than this reply was judged for.
  if (found.intent !== state.classify?.intent) {
    await lowerMode(trx, userId, traceId)
    return { kind: 'ask', reasons: [correctedByOwner] }
  }
  if ((await runMode(trx, userId, traceId)) !== 'maySend') return { kind: 'ask', reasons: [reviewOnly] }
  if (await isHourGone(trx, userId, traceId, ctx.clock.now())) {
    await lowerMode(trx, userId, traceId)
    return { kind: 'ask', reasons: [hourGone] }
  }
  const verdict = reviewAgain(await changingFacts(trx, ctx, input, state))
  if (verdict.kind === 'ask') await lowerMode(trx, userId, traceId)
  return verdict
}

const hourGone: Reason = {
  code: 'SLOT_TAKEN',
  text: 'An hour of this draft was promised to somebody else meanwhile: ask for another draft.',
}

const reviewOnly: Reason = { code: 'REVIEW_ONLY', text: 'This run was begun for your review only.' }

/** Ends a run that failed for good: never in silence, the owner finds the mail in review with the reason. */
export async function settleFailure(ctx: AppContext, run: Run, journal: Journal, failure: unknown): Promise<void> {
  const { userId, email } = run.input
  const error = reasonOf(failure)
  await settle(ctx, run, journal, { status: 'failed', error }, async (trx, now) => {
    if (run.scope === 'classify') return
    const settled = await settledMeanwhile(trx, run, {})
    const to = settled ? 'no_reply' : 'needs_review'
    const reasons: Reason[] = [settled ?? { code: 'RUN_FAILED', text: `The agent could not finish: ${error}` }]
    // A mail that somebody else settled meanwhile stays as they left it.
    const isOurs = await moveEmail(trx, userId, email.id, { from: ['processing'], to, reasons })
    if (!isOurs) return
    if (settled) await supersedeDrafts(trx, userId, email.id)
    else await insertNotification(trx, userId, 'run_failed', { emailId: email.id }, now)
  })
}

async function settle(
  ctx: AppContext,
  { input, epoch }: Run,
  journal: Journal,
  end: { status: 'completed' | 'failed'; error: string | null; intent?: Intent },
  effects: (trx: Transaction<DB>, now: string) => Promise<void>,
): Promise<void> {
  const { userId, traceId } = input
  const now = ctx.clock.now().toISOString()
  await inTransaction(ctx, 'settle-run', async (trx) => {
    const cause = traceparent()
    const settled = { ...end, finishedAt: now, ...(cause !== undefined && { traceparent: cause }) }
    await journal.writeIn(trx)
    const { batchId } = await endRun(trx, userId, { traceId, epoch }, settled)
    await effects(trx, now)
    if (batchId) await ctx.jobs.enqueue(trx, 'work-on-batch', { userId, batchId })
  })
}

/**
 * The steps took a while: why nothing is to be answered any more. Whoever adds to the thread does so before this look,
 * and is seen, or after the run has ended, and closes what it left open. Threads are locked before mails.
 */
async function settledMeanwhile(trx: Kysely<DB>, { input }: Run, { retrieve }: RunState): Promise<Reason | null> {
  const { userId, email } = input
  await lockThreads(trx, userId, [email.id])
  await lockMails(trx, userId, [email.id, ...(retrieve?.unanswered ?? []).map(({ id }) => id)])
  return settledByNewer(email, await findNewerInThread(trx, userId, email))
}

async function moveProcessed(
  trx: Kysely<DB>,
  { input }: Run,
  to: EmailStatus,
  reasons: readonly Reason[],
): Promise<void> {
  const moved = await moveEmail(trx, input.userId, input.email.id, { from: ['processing'], to, reasons })
  if (!moved) throw new Error('the mail is no longer being processed')
}
