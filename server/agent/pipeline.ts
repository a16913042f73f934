import type { StepName } from '../../shared-types/index.ts'
import type { AppContext } from '../context.ts'
import { loadEmail } from '../db/run-input.ts'
import { claimTrace, moveEmail, moveTrace, traceStatus } from '../db/runs.ts'
import { getSettings } from '../db/settings.ts'
import { finishedSteps, saveStep } from '../db/steps.ts'
import { AppError, askedWaitMs, reasonOf } from '../errors.ts'
import { step } from '../step.ts'
import type { AgentStep } from './agent-step.ts'
import { elapsedMs, Recorder } from './recorder.ts'
import { settleFailure, settleRun } from './settle.ts'
import type { Run, RunState } from './state.ts'
import { classify } from './steps/classify.ts'
import { decide } from './steps/decide.ts'
import { execute } from './steps/execute.ts'
import { generate } from './steps/generate.ts'
import { retrieve } from './steps/retrieve.ts'
import { review } from './steps/review.ts'

const pipeline: readonly AgentStep<StepName>[] = [classify, retrieve, decide, execute, generate, review]
const leaseMs = 45_000
/** How long a run may be put off because the model cannot be asked. */
const longestWaitMs = 24 * 3_600_000

/**
 * Runs the agent over one mail, as its trace says. Finished steps of an earlier try are not repeated. After the last
 * try a failure ends in `needs_review` with its reason; before, it is thrown, so that the job comes again. A service
 * that asks to wait costs no try; a run that waits longer than a day ends in the same way.
 */
export async function runTrace(
  ctx: AppContext,
  { userId, traceId }: { userId: string; traceId: string },
  { isLastTry, signal }: { isLastTry: boolean; signal: AbortSignal },
): Promise<void> {
  const run = await claimRun(ctx, userId, traceId)
  if (!run) return
  try {
    const state = await runSteps(ctx, run, signal)
    await settleRun(ctx, run, state)
  } catch (error) {
    const isWaiting = askedWaitMs(error) !== undefined
    if (isWaiting && ageMs(ctx, run) > longestWaitMs) return settleFailure(ctx, run, waitedInVain(error))
    if (isLastTry && !isWaiting && !signal.aborted) await settleFailure(ctx, run, error)
    else await releaseRun(ctx, run)
    throw error
  }
}

function ageMs(ctx: AppContext, { createdAt }: Run): number {
  return ctx.clock.now().getTime() - new Date(createdAt).getTime()
}

function waitedInVain(cause: unknown): AppError {
  return new AppError('UPSTREAM_FAILED', `${reasonOf(cause)} The agent has waited for a day.`, { cause })
}

async function claimRun(ctx: AppContext, userId: string, traceId: string): Promise<Run | undefined> {
  const run = await step('claim-run', () =>
    ctx.db.transaction().execute(async (trx) => {
      const trace = await claimTrace(trx, userId, traceId, lease(ctx))
      const email = trace && (await loadEmail(trx, userId, trace.emailId))
      if (!trace || !email) return undefined
      const isFree =
        trace.scope === 'classify' || (await moveEmail(trx, userId, email.id, { from: claimable, to: 'processing' }))
      if (!isFree) {
        const ended = {
          status: 'failed',
          error: 'the mail was settled before the run began',
          finishedAt: lease(ctx).now,
        } as const
        await moveTrace(trx, userId, { traceId, epoch: trace.epoch }, ended)
        return undefined
      }
      const settings = await getSettings(trx, userId)
      const { scope, epoch, createdAt } = trace
      return { input: { userId, traceId, email, settings }, scope, epoch, createdAt }
    }),
  )
  if (run) return run
  const trace = await traceStatus(ctx.db, userId, traceId)
  // Another worker's lease still stands: come again, in case that worker is dead.
  if (trace?.status === 'running') throw new Error('this run is held by another worker')
  return undefined
}

const claimable = ['pending', 'needs_review', 'no_reply', 'rejected', 'processing'] as const

async function runSteps(ctx: AppContext, run: Run, signal: AbortSignal): Promise<RunState> {
  const { userId, traceId } = run.input
  const finished = await finishedSteps(ctx.db, userId, traceId)
  let state: RunState = Object.fromEntries(finished.map(({ name, addition }) => [name, addition]))
  for (const [position, agentStep] of pipeline.entries()) {
    if (agentStep.name !== 'classify' && (run.scope === 'classify' || !state.classify?.needsReply)) break
    if (state[agentStep.name] !== undefined) continue
    const addition = await runStep(ctx, run, { agentStep, position, state, signal })
    state = { ...state, [agentStep.name]: addition }
  }
  return state
}

interface StepRun {
  readonly agentStep: AgentStep<StepName>
  readonly position: number
  readonly state: RunState
  readonly signal: AbortSignal
}

/** Runs one step, timed, and records it with its calls whether it worked or not. */
async function runStep(ctx: AppContext, run: Run, { agentStep, position, state, signal }: StepRun) {
  const recorder = new Recorder()
  const startedAt = performance.now()
  const base = { name: agentStep.name, position, startedAt: ctx.clock.now().toISOString() }
  const input = { emailId: run.input.email.id, after: Object.keys(state) }
  try {
    signal.throwIfAborted()
    const { addition, output } = await agentStep.run({ ctx, input: run.input, state, recorder, signal })
    await record(ctx, run, recorder, {
      ...base,
      input,
      status: 'completed',
      output,
      addition,
      error: null,
      ms: elapsedMs(startedAt),
    })
    return addition
  } catch (error) {
    const failure = { status: 'failed', output: null, addition: null, error: reasonOf(error) } as const
    if (!signal.aborted) await record(ctx, run, recorder, { ...base, input, ...failure, ms: elapsedMs(startedAt) })
    throw error
  }
}

type Outcome = Omit<Parameters<typeof saveStep>[3], 'tools' | 'modelCalls'>

async function record(ctx: AppContext, run: Run, recorder: Recorder, outcome: Outcome): Promise<void> {
  const { userId, traceId } = run.input
  await step(`record-${outcome.name}`, () =>
    ctx.db.transaction().execute(async (trx) => {
      const counted = {
        addSteps: outcome.status === 'completed' ? 1 : 0,
        addTokens: recorder.tokens,
        addCost: recorder.cost,
      }
      const isOurs = await moveTrace(
        trx,
        userId,
        { traceId, epoch: run.epoch },
        { leaseUntil: lease(ctx).until, ...counted },
      )
      if (!isOurs) throw new Error('this run was taken over by another worker')
      await saveStep(trx, userId, traceId, { ...outcome, tools: recorder.tools, modelCalls: recorder.modelCalls })
    }),
  )
}

/** Lets the next try begin at once instead of waiting for the lease to lapse. */
async function releaseRun(ctx: AppContext, { input, epoch }: Run): Promise<void> {
  const leaseUntil = new Date(ctx.clock.now().getTime() - 1).toISOString()
  await step('release-run', () => moveTrace(ctx.db, input.userId, { traceId: input.traceId, epoch }, { leaseUntil }))
}

function lease(ctx: AppContext): { now: string; until: string } {
  const now = ctx.clock.now()
  return { now: now.toISOString(), until: new Date(now.getTime() + leaseMs).toISOString() }
}
