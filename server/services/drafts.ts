import type {
  ApproveDraftInput,
  Draft,
  DraftSentence,
  DraftVersionInput,
  DraftWithOriginal,
  EditDraftInput,
  Reason,
  RejectDraftInput,
  ScheduleDraftInput,
} from '../../shared-types/index.ts'
import type { Transaction } from 'kysely'
import { approve } from '../agent/approve.ts'
import { enqueueSend } from '../agent/enqueue-send.ts'
import { type AppContext, type Caller, isProgram } from '../context.ts'
import { writeAudit } from '../db/accounts/audit.ts'
import type { DB } from '../db/engine/schema.ts'
import { deleteLesson } from '../db/sending/lessons.ts'
import { moveMailsOfDraft } from '../db/sending/draft-emails.ts'
import { insertVersion, setRejectReason } from '../db/sending/draft-store.ts'
import { editBody, findOpenDraft, getDraft, hasOpenQuestions, moveDraft } from '../db/sending/drafts.ts'
import { cancelReady } from '../db/sending/sends.ts'
import { deleteDecision, isRejectedSince, recordApproval, revokeTrust } from '../db/sending/trust.ts'
import { AppError } from '../errors.ts'
import { sentencesOf } from '../mail/sentences.ts'
import { learnFromEdit, learnFromRefusal } from './learning.ts'
import { decideOnDraft, inProgress, whyNotCancelled, whyNotPending, whyNotRejected } from './draft-decision.ts'

/** Longer ahead nobody knows what a reply would say. */
const farthestMs = 90 * 86_400_000

/** The draft as it is to be reviewed: sentence by sentence, and with the mail it answers. */
export async function readDraft(ctx: AppContext, userId: string, draftId: string): Promise<DraftWithOriginal> {
  const draft = await getDraft(ctx.db, userId, draftId)
  return { ...draft, sentences: sentencesNow(draft.body, draft.sentences) }
}

/** What is not the agent's word for word is the owner's own. */
function sentencesNow(body: string, written: readonly DraftSentence[]): DraftSentence[] {
  const known = new Map(written.map((sentence) => [sentence.text, sentence]))
  return sentencesOf(body).map((text) => known.get(text) ?? { text, writtenBy: 'owner', sources: [], unsupported: [] })
}

/** The owner agrees to exactly this version: it goes out when the undo window ends. OPEN_QUESTIONS, unless they are accepted. */
export function approveDraft(ctx: AppContext, userId: string, input: ApproveDraftInput): Promise<Draft> {
  return approveVersion(ctx, 'approve-draft', userId, input)
}

/** The same for a later moment, 90 days ahead at most; never before the undo window ends. */
export async function scheduleDraft(
  ctx: AppContext,
  userId: string,
  { sendAt, ...input }: ScheduleDraftInput,
): Promise<Draft> {
  const aheadMs = new Date(sendAt).getTime() - ctx.clock.now().getTime()
  if (aheadMs <= 0) throw new AppError('VALIDATION_FAILED', 'sendAt has passed already.')
  if (aheadMs > farthestMs) throw new AppError('VALIDATION_FAILED', 'sendAt may be 90 days ahead at most.')
  return approveVersion(ctx, 'schedule-draft', userId, input, new Date(sendAt))
}

function approveVersion(
  ctx: AppContext,
  name: 'approve-draft' | 'schedule-draft',
  userId: string,
  { draftId, version, acceptOpenQuestions = false }: ApproveDraftInput,
  sendAt?: Date,
): Promise<Draft> {
  return decideOnDraft(ctx, name, userId, draftId, async (trx, now, email) => {
    const approval = { draftId, version, mailboxId: email.mailboxId, approvedAt: now, sendAt }
    const isApproved = await approve(ctx, trx, userId, { ...approval, origin: 'owner' })
    if (!isApproved) throw await whyNotPending(trx, userId, { draftId, version })
    if (!acceptOpenQuestions && (await hasOpenQuestions(trx, userId, draftId)))
      throw new AppError('OPEN_QUESTIONS', 'This draft asks you something. Answer it, or accept it as it is.')
    await recordApproval(trx, userId, draftId, now.toISOString())
    const mails = { draftId, emailId: email.id }
    const moved = await moveMailsOfDraft(trx, userId, mails, { from: ['needs_review'], to: 'approved' })
    if (!moved) throw inProgress()
  })
}

/** What a program writes is told apart from the owner's own words, as it comes. */
function withProgramsOwn(
  { body, sentences }: Pick<DraftWithOriginal, 'body' | 'sentences'>,
  edited: string,
): DraftSentence[] {
  const now = sentencesOf(edited)
  const known = new Set([...sentences.map(({ text }) => text), ...sentencesOf(body)])
  const added = now.filter((text) => !known.has(text))
  return [
    ...sentences.filter(({ text, writtenBy }) => writtenBy === 'agent' || now.includes(text)),
    ...added.map((text): DraftSentence => ({ text, writtenBy: 'program', sources: [], unsupported: [] })),
  ]
}

/** A new version, which needs its own approval: the owner's own words, or those of a program, which teach nothing. */
export async function editDraft(ctx: AppContext, caller: Caller, input: EditDraftInput): Promise<Draft> {
  const { userId } = caller
  return decideOnDraft(ctx, 'edit-draft', userId, input.draftId, async (trx, now) => {
    const byProgram = isProgram(caller)
    const sentences = byProgram ? withProgramsOwn(await getDraft(trx, userId, input.draftId), input.body) : undefined
    const draft = await editBody(trx, userId, input.draftId, { ...input, sentences })
    if (!draft) throw await whyNotPending(trx, userId, input)
    await insertVersion(trx, userId, {
      ...draft,
      to: draft.toAddresses,
      author: byProgram ? 'program' : 'owner',
      createdAt: now.toISOString(),
    })
    if (byProgram) return
    await revokeTrust(trx, userId, input.draftId, 'edited', now.toISOString())
    await learnFromEdit(trx, userId, { ...input, body: draft.body, now })
  })
}

/** Nothing goes out; the mail is done unless the owner asks for another try. */
export async function rejectDraft(ctx: AppContext, userId: string, input: RejectDraftInput): Promise<Draft> {
  const { draftId, version, reason, fault } = input
  return decideOnDraft(ctx, 'reject-draft', userId, draftId, async (trx, now) => {
    const draft = await moveDraft(trx, userId, draftId, { version, from: 'pending', to: 'rejected' })
    if (!draft) throw await whyNotPending(trx, userId, input)
    await revokeTrust(trx, userId, draftId, 'rejected', now.toISOString())
    if (reason) await setRejectReason(trx, userId, draftId, reason)
    await learnFromRefusal(trx, userId, { draftId, fault, now })
    const text = reason ? `You rejected the draft: ${reason}` : 'You rejected the draft.'
    const reasons: Reason[] = [{ code: 'REJECTED_BY_OWNER', text }]
    const mails = { draftId, emailId: draft.emailId }
    await moveMailsOfDraft(trx, userId, mails, { from: ['needs_review'], to: 'rejected', reasons })
    await writeAudit(trx, userId, { at: now, action: 'DRAFT_REJECTED', detail: { draftId } })
  })
}

/** Long enough to see what one has done. */
const undoRejectMs = 60_000

/**
 * Undo of a rejection, for a minute: the same version is in review again, and the rejection says nothing to anybody.
 * REJECTION_FINAL later, and once another draft of the mail is there.
 */
export async function undoReject(
  ctx: AppContext,
  userId: string,
  { draftId, version }: DraftVersionInput,
): Promise<Draft> {
  return decideOnDraft(ctx, 'undo-reject', userId, draftId, async (trx, now, email) => {
    const since = new Date(now.getTime() - undoRejectMs).toISOString()
    const isLate = !(await isRejectedSince(trx, userId, draftId, since))
    const draft =
      isLate || (await findOpenDraft(trx, userId, email.id))
        ? undefined
        : await moveDraft(trx, userId, draftId, { version, from: 'rejected', to: 'pending' })
    if (!draft) throw await whyNotRejected(trx, userId, { draftId, version })
    // What it was taken for is told no more: the rejection took its place.
    const { reasons } = await getDraft(trx, userId, draftId)
    const back = { from: ['rejected'], to: 'needs_review', reasons } as const
    if (!(await moveMailsOfDraft(trx, userId, { draftId, emailId: email.id }, back))) throw inProgress()
    await setRejectReason(trx, userId, draftId, null)
    await deleteDecision(trx, userId, draftId, 'rejected')
    await deleteLesson(trx, userId, draftId)
    if (version > 1) await learnAgain(trx, userId, { draftId, body: draft.body, now })
    await writeAudit(trx, userId, { at: now, action: 'REJECTION_UNDONE', detail: { draftId } })
  })
}

/** What an edit before the rejection had taught. */
async function learnAgain(
  trx: Transaction<DB>,
  userId: string,
  { draftId, body, now }: { draftId: string; body: string; now: Date },
): Promise<void> {
  await revokeTrust(trx, userId, draftId, 'edited', now.toISOString())
  await learnFromEdit(trx, userId, { draftId, body, now })
}

/** Undo, up to the moment it goes out. SEND_NOT_CANCELLABLE once a worker has begun to send. */
export async function cancelSend(
  ctx: AppContext,
  userId: string,
  { draftId, version }: DraftVersionInput,
): Promise<Draft> {
  return decideOnDraft(ctx, 'cancel-send', userId, draftId, async (trx, now) => {
    const send = await cancelReady(trx, userId, draftId, now.toISOString())
    const draft = send && (await moveDraft(trx, userId, draftId, { version, from: 'approved', to: 'pending' }))
    if (!send || !draft) throw await whyNotCancelled(trx, userId, { draftId, version })
    const mails = { draftId, emailId: draft.emailId }
    await moveMailsOfDraft(trx, userId, mails, { from: ['approved'], to: 'needs_review' })
    // Their own approval was none, as it turns out; the agent's word was not to be trusted.
    if (send.origin === 'owner') await deleteDecision(trx, userId, draftId, 'approved')
    else await revokeTrust(trx, userId, draftId, 'cancelled', now.toISOString())
    // An earlier try has made its Gmail draft, which nobody will send.
    if (send.gmailDraftId) await enqueueSend(ctx, trx, userId, send.id)
    await writeAudit(trx, userId, { at: now, action: 'SEND_CANCELLED', detail: { draftId } })
  })
}
