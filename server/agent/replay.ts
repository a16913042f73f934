import type { RunRequest } from '../../shared-types/index.ts'
import type { AppContext } from '../context.ts'
import { getSettings } from '../db/accounts/settings.ts'
import { loadEmail } from '../db/runs/run-input.ts'
import { AppError, reasonOf } from '../errors.ts'
import { elapsedMs, Recorder } from './recorder.ts'
import { needsDraft, pipeline } from './pipeline.ts'
import type { RunInput, RunState } from './state.ts'

/** What the same mail comes to now. */
export interface Replayed {
  readonly state: RunState
  readonly tokens: number
  /** US dollars. */
  readonly cost: number
  readonly ms: number
  /** Why it got no further, in a sentence. */
  readonly error: string | null
}

interface Original {
  readonly traceId: string
  readonly emailId: string
  readonly scope: 'full' | 'classify'
  readonly isRequested: boolean
  readonly request: RunRequest | null
}

/**
 * Runs the steps over a mail once more, with the present prompts, model, settings and context, and keeps nothing but what
 * the models cost: no draft, no held hours, no word to anybody. A step that fails ends it, and is told.
 */
export async function replayRun(
  ctx: AppContext,
  userId: string,
  { traceId, emailId, scope, isRequested, request }: Original,
  signal: AbortSignal,
): Promise<Replayed> {
  const email = await loadEmail(ctx.db, userId, emailId)
  if (!email) throw new AppError('NOT_FOUND', 'The mail of this trace is gone.')
  const settings = await getSettings(ctx.db, userId)
  const input: RunInput = { userId, traceId, email, settings, isRequested, request, isReplay: true }
  const startedAt = performance.now()
  const recorder = new Recorder()
  let state: RunState = {}
  let error: string | null = null
  try {
    for (const agentStep of pipeline) {
      if (agentStep.name !== 'classify' && (scope === 'classify' || !needsDraft(input, state))) break
      signal.throwIfAborted()
      const { addition } = await agentStep.run({ ctx, input, state, recorder, signal })
      state = { ...state, [agentStep.name]: addition }
    }
  } catch (failure) {
    signal.throwIfAborted()
    ctx.logger.warn({ err: failure, traceId }, 'a replay came to an early end')
    error = reasonOf(failure)
  }
  const { modelCalls } = recorder
  return {
    state,
    tokens: modelCalls.reduce((sum, { inputTokens, outputTokens }) => sum + inputTokens + outputTokens, 0),
    cost: modelCalls.reduce((sum, call) => sum + call.cost, 0),
    ms: elapsedMs(startedAt),
    error,
  }
}
