import type { Kysely, Transaction } from 'kysely'
import type { Draft, DraftVersionInput } from '../../shared-types/index.ts'
import type { AppContext } from '../context.ts'
import { lockMailsOfDraft } from '../db/sending/draft-emails.ts'
import { findDraft, getDraftItem, traceparentOfDraft } from '../db/sending/drafts.ts'
import { findLiveRun } from '../db/runs/runs.ts'
import type { DB } from '../db/engine/schema.ts'
import { AppError } from '../errors.ts'
import { inTransaction } from '../step.ts'
import { linkToCause } from '../tracing.ts'

type Decision =
  | 'approve-draft'
  | 'schedule-draft'
  | 'edit-draft'
  | 'reject-draft'
  | 'undo-reject'
  | 'redraft'
  | 'cancel-send'
  | 'resolve-send'

/** One decision of the owner about a draft, the mails it answers locked: all that follows from it in one transaction. */
export function decideOnDraft(
  ctx: AppContext,
  name: Decision,
  userId: string,
  draftId: string,
  effects: (trx: Transaction<DB>, now: Date, email: { id: string; mailboxId: string }) => Promise<void>,
): Promise<Draft> {
  return inTransaction(ctx, name, async (trx) => {
    const email = await lockMailsOfDraft(trx, userId, draftId)
    if (!email) throw new AppError('NOT_FOUND', 'There is no such draft.')
    // A queued run has not touched the mail yet, but its draft will replace this one.
    if (await findLiveRun(trx, userId, email.id)) throw inProgress()
    await linkToCause(() => traceparentOfDraft(trx, userId, draftId))
    await effects(trx, ctx.clock.now(), email)
    return getDraftItem(trx, userId, draftId)
  })
}

export function inProgress(): AppError {
  return new AppError('EMAIL_IN_PROGRESS', 'The agent is working on this e-mail again. Look once more.')
}

type Wanted = Pick<DraftVersionInput, 'draftId' | 'version'>

/** Why a draft that was not pending, or not this version, could not be decided on. */
export async function whyNotPending(db: Kysely<DB>, userId: string, wanted: Wanted): Promise<AppError> {
  return whyNot(db, userId, wanted, (status) =>
    status === 'approved'
      ? new AppError('DRAFT_ALREADY_APPROVED', 'This draft is approved already.')
      : new AppError('DRAFT_NOT_PENDING', `This draft does not wait for a decision any more: it is ${status}.`),
  )
}

export async function whyNotRejected(db: Kysely<DB>, userId: string, wanted: Wanted): Promise<AppError> {
  return whyNot(db, userId, wanted, (status) => {
    const why = status === 'rejected' ? 'a minute has passed, or another draft has taken its place' : `it is ${status}`
    return new AppError('REJECTION_FINAL', `There is no rejection left to take back: ${why}.`)
  })
}

export async function whyNotCancelled(db: Kysely<DB>, userId: string, wanted: Wanted): Promise<AppError> {
  return whyNot(db, userId, wanted, (status) => {
    return new AppError('SEND_NOT_CANCELLABLE', `There is nothing left to cancel: the draft is ${status}.`)
  })
}

export async function whyNotResolved(db: Kysely<DB>, userId: string, wanted: Wanted): Promise<AppError> {
  return whyNot(db, userId, wanted, (status) => {
    return new AppError('SEND_NOT_UNKNOWN', `There is no doubt left to settle: the draft is ${status}.`)
  })
}

async function whyNot(
  db: Kysely<DB>,
  userId: string,
  { draftId, version }: Wanted,
  byStatus: (status: Draft['status']) => AppError,
): Promise<AppError> {
  const draft = await findDraft(db, userId, draftId)
  if (draft?.version === version) return byStatus(draft.status)
  return new AppError('DRAFT_CHANGED', 'The draft has changed since you read it. Look at it again.')
}
