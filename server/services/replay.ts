import type { OpenQuestion, Reason, Replay, ReplayVerdict, Source } from '../../shared-types/index.ts'
import { differenceOf } from '../agent/draft-fault.ts'
import { agentVersion } from '../agent/prompts.ts'
import { type Replayed, replayRun } from '../agent/replay.ts'
import type { AppContext } from '../context.ts'
import { findReplayable } from '../db/sending/replayable.ts'
import { AppError } from '../errors.ts'

/** A model may take its time for each of four questions. */
const deadlineMs = 120_000

interface Outcome {
  readonly verdict: ReplayVerdict
  readonly body: string | null
  readonly reasons: readonly Reason[]
  readonly openQuestions: readonly OpenQuestion[]
  readonly sources: readonly Source[]
}

/** Runs a stored trace with the present prompts and model, sends and keeps nothing, and tells what comes out differently. */
export async function replayTrace(
  ctx: AppContext,
  userId: string,
  traceId: string,
  signal?: AbortSignal,
): Promise<Replay> {
  const stored = await findReplayable(ctx.db, userId, traceId)
  if (!stored) throw new AppError('NOT_FOUND', 'There is no such trace.')
  if (stored.status === 'queued' || stored.status === 'running')
    throw new AppError('EMAIL_IN_PROGRESS', 'This run is still at work.')
  const until = AbortSignal.any([ctx.stopping, AbortSignal.timeout(deadlineMs), ...(signal ? [signal] : [])])
  const replayed = await replayRun(ctx, userId, { traceId, ...stored }, until)
  const before = storedOutcome(stored)
  const after = replayedOutcome(replayed)
  const intent = { before: stored.intent, after: replayed.state.classify?.intent ?? null }
  const { error, tokens, cost, ms } = replayed
  return {
    traceId,
    agentVersion: { before: stored.draft?.agentVersion ?? null, after: agentVersion(ctx.model) },
    intent,
    verdict: { before: before.verdict, after: after.verdict },
    reasons: changeOf(before.reasons, after.reasons, ({ code }) => code),
    body: { before: before.body, after: after.body, ...differenceOf(before.body ?? '', after.body ?? '') },
    openQuestions: changeOf(before.openQuestions, after.openQuestions, ({ question }) => question),
    sources: changedSources(before.sources, after.sources),
    isSame: intent.before === intent.after && before.verdict === after.verdict && isSameText(before.body, after.body),
    error,
    tokens,
    cost,
    ms,
  }
}

type Stored = NonNullable<Awaited<ReturnType<typeof findReplayable>>>

function storedOutcome({ status, draft }: Stored): Outcome {
  if (!draft) return { ...nothing, verdict: status === 'failed' ? 'failed' : 'no_reply' }
  const { body, reasons, openQuestions, sources } = draft
  return { verdict: reasons.length === 0 ? 'send' : 'ask', body, reasons, openQuestions, sources }
}

function replayedOutcome({ state: { generate, review }, error }: Replayed): Outcome {
  if (error !== null) return { ...nothing, verdict: 'failed' }
  if (!generate || !review) return { ...nothing, verdict: 'no_reply' }
  const { body, openQuestions, sources } = generate
  return { verdict: review.kind, body, reasons: review.kind === 'ask' ? review.reasons : [], openQuestions, sources }
}

const nothing = { body: null, reasons: [], openQuestions: [], sources: [] }

function changeOf<T, Told extends string>(before: readonly T[], after: readonly T[], tell: (item: T) => Told) {
  const [old, now] = [new Set(before.map(tell)), new Set(after.map(tell))]
  return { removed: [...old.difference(now)], added: [...now.difference(old)] }
}

function changedSources(before: readonly Source[], after: readonly Source[]) {
  const isIn = (list: readonly Source[]) => (source: Source) =>
    list.some(({ kind, id, label }) => kind === source.kind && id === source.id && label === source.label)
  const wasThere = isIn(before)
  const isThere = isIn(after)
  return { removed: before.filter((source) => !isThere(source)), added: after.filter((source) => !wasThere(source)) }
}

/** However the lines are broken. */
function isSameText(one: string | null, other: string | null): boolean {
  return one?.replace(/\s+/g, ' ').trim() === other?.replace(/\s+/g, ' ').trim()
}
