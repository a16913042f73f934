import type {
  BulkApproveInput,
  BulkOutcome,
  BulkRejectInput,
  Draft,
  DraftVersionInput,
} from '../../shared-types/index.ts'
import type { AppContext } from '../context.ts'
import { databaseAway, isDatabaseAway } from '../database-trouble.ts'
import { AppError } from '../errors.ts'
import { approveDraft, rejectDraft } from './drafts.ts'

/** Each draft is approved by itself, in the order in which they are named: one that cannot be keeps no other from it. */
export function approveDrafts(
  ctx: AppContext,
  userId: string,
  { drafts, acceptOpenQuestions }: BulkApproveInput,
): Promise<BulkOutcome> {
  return decideOnEach(ctx, drafts, (draft) => approveDraft(ctx, userId, { ...draft, acceptOpenQuestions }))
}

/** The same for rejections, all for one reason. */
export function rejectDrafts(
  ctx: AppContext,
  userId: string,
  { drafts, reason }: BulkRejectInput,
): Promise<BulkOutcome> {
  return decideOnEach(ctx, drafts, (draft) => rejectDraft(ctx, userId, { ...draft, reason }))
}

async function decideOnEach(
  ctx: AppContext,
  drafts: readonly DraftVersionInput[],
  decide: (draft: DraftVersionInput) => Promise<Draft>,
): Promise<BulkOutcome> {
  const items: BulkOutcome['items'] = []
  for (const wanted of drafts) items.push(await outcomeOf(ctx, wanted, decide))
  return { items }
}

async function outcomeOf(
  ctx: AppContext,
  wanted: DraftVersionInput,
  decide: (draft: DraftVersionInput) => Promise<Draft>,
): Promise<BulkOutcome['items'][number]> {
  const { draftId } = wanted
  try {
    return { draftId, ok: true, draft: await decide(wanted) }
  } catch (error) {
    const { reason, message } = error instanceof AppError ? error : unexpected(ctx, error)
    return { draftId, ok: false, reason, message }
  }
}

/** What was decided on before it stands, and must be told. */
function unexpected({ logger }: AppContext, error: unknown): AppError {
  logger.error({ err: error }, 'one of several drafts could not be decided on')
  return isDatabaseAway(error) ? databaseAway(error) : new AppError('INTERNAL', 'Something went wrong.')
}
