import type { Kysely, Transaction } from 'kysely'
import type { Draft, DraftVersionInput, EditDraftInput, RejectDraftInput } from '../../shared-types/index.ts'
import type { AppContext } from '../context.ts'
import { contentHash, insertVersion, setRejectReason } from '../db/draft-store.ts'
import { editBody, findDraft, getDraft, lockMailOfDraft, moveDraft } from '../db/drafts.ts'
import { cancelReady, insertOutboxEntry } from '../db/outbox.ts'
import { findLiveRun, moveEmail } from '../db/runs.ts'
import type { DB } from '../db/schema.ts'
import { getSettings } from '../db/settings.ts'
import { AppError } from '../errors.ts'
import { step } from '../step.ts'

/** The owner agrees to exactly this version: it goes out when the undo window ends. */
export async function approveDraft(
  ctx: AppContext,
  userId: string,
  { draftId, version }: DraftVersionInput,
): Promise<Draft> {
  return inTransaction(ctx, 'approve-draft', userId, draftId, async (trx, now, email) => {
    const draft = await moveDraft(trx, userId, draftId, { version, from: 'pending', to: 'approved' })
    if (!draft) throw await whyNotMoved(trx, userId, { draftId, version })
    const moved = await moveEmail(trx, userId, email.id, { from: ['needs_review'], to: 'approved' })
    if (!moved) throw inProgress()
    const settings = await getSettings(trx, userId)
    const outbox = await insertOutboxEntry(trx, userId, {
      draftId,
      draftVersion: version,
      emailId: email.id,
      mailboxId: email.mailboxId,
      contentHash: contentHash({ ...draft, to: draft.toAddresses }),
      notBefore: new Date(now.getTime() + settings.undoWindowSeconds * 1_000).toISOString(),
      createdAt: now.toISOString(),
    })
    const startAfter = new Date(outbox.notBefore)
    await ctx.jobs.enqueue(trx, 'dispatch-outbox', { userId, outboxId: outbox.id }, { startAfter })
  })
}

/** The owner's own words: a new version, which needs its own approval. */
export async function editDraft(ctx: AppContext, userId: string, input: EditDraftInput): Promise<Draft> {
  return inTransaction(ctx, 'edit-draft', userId, input.draftId, async (trx, now) => {
    const draft = await editBody(trx, userId, input.draftId, input)
    if (!draft) throw await whyNotMoved(trx, userId, input)
    await insertVersion(trx, userId, {
      ...draft,
      to: draft.toAddresses,
      author: 'owner',
      createdAt: now.toISOString(),
    })
  })
}

/** Nothing goes out; the mail is done unless the owner asks for another try. */
export async function rejectDraft(ctx: AppContext, userId: string, input: RejectDraftInput): Promise<Draft> {
  const { draftId, version, reason } = input
  return inTransaction(ctx, 'reject-draft', userId, draftId, async (trx) => {
    const draft = await moveDraft(trx, userId, draftId, { version, from: 'pending', to: 'rejected' })
    if (!draft) throw await whyNotMoved(trx, userId, input)
    if (reason) await setRejectReason(trx, userId, draftId, reason)
    const reasons = [reason ? `You rejected the draft: ${reason}` : 'You rejected the draft.']
    await moveEmail(trx, userId, draft.emailId, { from: ['needs_review'], to: 'rejected', reasons })
  })
}

/** Undo within the window. SEND_NOT_CANCELLABLE once a worker has begun to send. */
export async function cancelSend(
  ctx: AppContext,
  userId: string,
  { draftId, version }: DraftVersionInput,
): Promise<Draft> {
  return inTransaction(ctx, 'cancel-send', userId, draftId, async (trx, now) => {
    const entry = await cancelReady(trx, userId, draftId, now.toISOString())
    const draft = entry && (await moveDraft(trx, userId, draftId, { version, from: 'approved', to: 'pending' }))
    if (!draft) throw await whyNotCancelled(trx, userId, { draftId, version })
    await moveEmail(trx, userId, draft.emailId, { from: ['approved'], to: 'needs_review' })
  })
}

function inTransaction(
  ctx: AppContext,
  name: string,
  userId: string,
  draftId: string,
  effects: (trx: Transaction<DB>, now: Date, email: { id: string; mailboxId: string }) => Promise<void>,
): Promise<Draft> {
  return step(name, () =>
    ctx.db.transaction().execute(async (trx) => {
      const email = await lockMailOfDraft(trx, userId, draftId)
      if (!email) throw new AppError('NOT_FOUND', 'There is no such draft.')
      // A queued run has not touched the mail yet, but its draft will replace this one.
      if (await findLiveRun(trx, userId, email.id)) throw inProgress()
      await effects(trx, ctx.clock.now(), email)
      const { original: _original, ...draft } = await getDraft(trx, userId, draftId)
      return draft
    }),
  )
}

function inProgress(): AppError {
  return new AppError('EMAIL_IN_PROGRESS', 'The agent is working on this e-mail again. Look once more.')
}

type Wanted = Pick<DraftVersionInput, 'draftId' | 'version'>

async function whyNotMoved(db: Kysely<DB>, userId: string, { draftId, version }: Wanted): Promise<AppError> {
  const draft = await findDraft(db, userId, draftId)
  if (draft?.version !== version) return changed()
  if (draft.status === 'approved') return new AppError('DRAFT_ALREADY_APPROVED', 'This draft is approved already.')
  return new AppError('DRAFT_NOT_PENDING', `This draft does not wait for a decision any more: it is ${draft.status}.`)
}

async function whyNotCancelled(db: Kysely<DB>, userId: string, { draftId, version }: Wanted): Promise<AppError> {
  const draft = await findDraft(db, userId, draftId)
  if (draft?.version !== version) return changed()
  return new AppError('SEND_NOT_CANCELLABLE', `There is nothing left to cancel: the draft is ${draft.status}.`)
}

function changed(): AppError {
  return new AppError('DRAFT_CHANGED', 'The draft has changed since you read it. Look at it again.')
}
