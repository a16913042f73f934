import type { Transaction } from 'kysely'
import type {
  AnswerDraftInput,
  DraftInRewriting,
  DraftVersionInput,
  RegenerateDraftInput,
  RunRequest,
} from '../../shared-types/index.ts'
import { type AppContext, type Caller, isProgram } from '../context.ts'
import type { DB } from '../db/engine/schema.ts'
import { findForRedraft } from '../db/sending/drafts.ts'
import { AppError } from '../errors.ts'
import { decideOnDraft, whyNotPending } from './draft-decision.ts'
import { learnFromRefusal } from './learning.ts'
import { enqueueRequested } from './runs.ts'

/** Another draft is written in place of this one, by the owner's instruction where they give one; never sent unread. */
export function regenerateDraft(
  ctx: AppContext,
  caller: Caller,
  { instruction, fault, ...input }: RegenerateDraftInput,
): Promise<DraftInRewriting> {
  return redraft(ctx, caller, input, async ({ answers }, trx, now) => {
    // What a program is not content with says nothing of its owner.
    if (!isProgram(caller)) await learnFromRefusal(trx, caller.userId, { draftId: input.draftId, fault, now })
    return { answers, ...(instruction && { instruction }) }
  })
}

/** Another draft is written with the owner's answers to its open questions, beside those they gave before. */
export function answerDraft(
  ctx: AppContext,
  caller: Caller,
  { answers: given, ...input }: AnswerDraftInput,
): Promise<DraftInRewriting> {
  return redraft(ctx, caller, input, async ({ answers, questions }) => {
    const added = given.map(({ id, answer }) => {
      const question = questions.get(id)
      if (question === undefined)
        throw new AppError('VALIDATION_FAILED', `The draft asks no question with the id “${id}”.`)
      return { question, answer }
    })
    return { answers: [...answers, ...added] }
  })
}

interface Standing {
  /** What the owner has answered to questions of the drafts before. */
  readonly answers: NonNullable<RunRequest['answers']>
  /** Those of this draft, by their ids. */
  readonly questions: ReadonlyMap<string, string>
}

/** The draft stays as it is until the run has ended, and when that fails. */
async function redraft(
  ctx: AppContext,
  caller: Caller,
  { draftId, version }: DraftVersionInput,
  requestOf: (standing: Standing, trx: Transaction<DB>, now: Date) => Promise<RunRequest>,
): Promise<DraftInRewriting> {
  const { userId } = caller
  let traceId = ''
  const draft = await decideOnDraft(ctx, 'redraft', userId, draftId, async (trx, now, email) => {
    const request = await requestOf(await standingOf(trx, userId, { draftId, version }), trx, now)
    traceId = await enqueueRequested(ctx, trx, caller, email.id, { ...request, draftId })
  })
  return { ...draft, traceId }
}

async function standingOf(trx: Transaction<DB>, userId: string, wanted: DraftVersionInput) {
  const draft = await findForRedraft(trx, userId, wanted)
  if (!draft) throw await whyNotPending(trx, userId, wanted)
  const questions = new Map(draft.openQuestions.map(({ id, question }) => [id, question]))
  return { answers: draft.request?.answers ?? [], questions }
}
