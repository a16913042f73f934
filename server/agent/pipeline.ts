import type { StepName } from '../../shared-types/index.ts'
import type { AppContext } from '../context.ts'
import { finishedSteps, type StepRecord } from '../db/runs/steps.ts'
import { AppError, isBudgetExhausted, reasonOf } from '../errors.ts'
import { agentName, genAi, operations } from '../gen-ai.ts'
import { hasReplyAddress } from '../mail/recipients.ts'
import { runStepDuration } from '../metrics.ts'
import { outcomeOf } from '../outcome.ts'
import { traced } from '../tracing.ts'
import type { AgentStep } from './agent-step.ts'
import { Journal } from './journal.ts'
import { elapsedMs, Recorder } from './recorder.ts'
import { openRun, releaseRun } from './run-lease.ts'
import { settleFailure, settleRun } from './settle-run.ts'
import type { Run, RunInput, RunState } from './state.ts'
import { classify } from './steps/classify.ts'
import { decide } from './steps/decide.ts'
import { execute } from './steps/execute.ts'
import { gate } from './steps/gate.ts'
import { generate } from './steps/generate.ts'
import { retrieve } from './steps/retrieve.ts'
import { review } from './steps/review.ts'
import { verify } from './steps/verify.ts'

export const pipeline: readonly AgentStep<StepName>[] = [
  classify,
  gate,
  retrieve,
  decide,
  execute,
  generate,
  verify,
  review,
]
/** How long a run may be postponed because the model cannot be asked. */
const longestWaitMs = 24 * 3_600_000

/**
 * Runs the agent over one mail, as the run asks for. Finished steps of an earlier try are not repeated. After the last
 * try a failure ends in `needs_review` with its reason; before, it is thrown, so that the job is retried. A service
 * that asks to wait, a database that is away and a process that stops cost no try; a run that waits for a service for
 * more than a day ends in the same way. One that waits for a budget waits until that goes on.
 */
export async function processEmail(
  ctx: AppContext,
  { userId, traceId }: { userId: string; traceId: string },
  { isLastTry, signal }: { isLastTry: boolean; signal: AbortSignal },
): Promise<void> {
  const run = await openRun(ctx, userId, traceId)
  if (!run) return
  const journal = new Journal(ctx, run)
  try {
    const agent = { [genAi.operation]: operations.agent, [genAi.agentName]: agentName }
    const name = `${operations.agent} ${agentName}`
    const state = await traced(name, { facts: agent }, () => runSteps(ctx, run, journal, signal))
    await settleRun(ctx, run, journal, state)
  } catch (error) {
    const { kind } = outcomeOf(error, signal)
    const isWaitForBudget = isBudgetExhausted(error)
    if (kind === 'wait' && !isWaitForBudget && waitedMs(ctx, run) > longestWaitMs)
      return giveUp(ctx, run, journal, waitedTooLong(error))
    if (kind === 'failed' && isLastTry) return giveUp(ctx, run, journal, error)
    await releaseRun(ctx, run, { isWaitForBudget })
    throw error
  }
}

/** The job is done with that: what became of it stands with the mail. */
async function giveUp(ctx: AppContext, run: Run, journal: Journal, error: unknown): Promise<void> {
  const { userId, traceId } = run.input
  ctx.logger.warn({ err: error, userId, traceId }, 'a run failed for good')
  await settleFailure(ctx, run, journal, error)
}

function waitedMs(ctx: AppContext, { waitsFrom }: Run): number {
  return ctx.clock.now().getTime() - new Date(waitsFrom).getTime()
}

function waitedTooLong(cause: unknown): AppError {
  return new AppError('UPSTREAM_FAILED', `${reasonOf(cause)} The agent has waited for a day.`, { cause })
}

async function runSteps(ctx: AppContext, run: Run, journal: Journal, signal: AbortSignal): Promise<RunState> {
  const { userId, traceId } = run.input
  // Nobody has worked on it before its first claim.
  const finished = run.epoch === 1 ? [] : await finishedSteps(ctx.db, userId, traceId)
  let state: RunState = Object.fromEntries(finished.map(({ name, addition }) => [name, addition]))
  for (const [position, agentStep] of pipeline.entries()) {
    if (agentStep.name !== 'classify' && (run.scope === 'classify' || !needsDraft(run.input, state))) break
    if (state[agentStep.name] !== undefined) continue
    const stepRun = { agentStep, position, state, journal, signal }
    const addition = await traced(agentStep.name, {}, () => runStep(ctx, run, stepRun))
    state = { ...state, [agentStep.name]: addition }
  }
  return state
}

/** What no reply can be addressed to waits for its owner as it is. */
export function needsDraft({ email, request }: RunInput, { classify }: RunState): boolean {
  const isWanted = classify?.needsReply === true || request?.replyAnyway === true
  return isWanted && hasReplyAddress(email)
}

interface StepRun {
  readonly agentStep: AgentStep<StepName>
  readonly position: number
  readonly state: RunState
  readonly journal: Journal
  readonly signal: AbortSignal
}

/** Runs one step, timed, and records it with its calls whether it worked or not. */
async function runStep(ctx: AppContext, run: Run, { agentStep, position, state, journal, signal }: StepRun) {
  const recorder = new Recorder()
  const { tools, modelCalls } = recorder
  const startedAt = performance.now()
  const input = { emailId: run.input.email.id, after: Object.keys(state) }
  const base = { name: agentStep.name, position, startedAt: ctx.clock.now().toISOString(), input, tools, modelCalls }
  const note = (outcome: Pick<StepRecord, 'status' | 'output' | 'addition' | 'error' | 'mode'>) => {
    const ms = elapsedMs(startedAt)
    journal.add({ ...base, ...outcome, ms })
    runStepDuration.observe({ step: agentStep.name, outcome: outcome.status }, ms / 1_000)
  }
  try {
    signal.throwIfAborted()
    const { addition, output, mode } = await agentStep.run({ ctx, input: run.input, state, recorder, signal })
    note({ status: 'completed', output, addition, error: null, ...(mode && { mode }) })
    if (!agentStep.isInward || modelCalls.length > 0) await journal.write()
    return addition
  } catch (error) {
    if (!signal.aborted) {
      note({ status: 'failed', output: null, addition: null, error: reasonOf(error) })
      await writeFailure(ctx, run, journal)
    }
    throw error
  }
}

/** It must not hide the failure of the step by one of its own. */
async function writeFailure(ctx: AppContext, run: Run, journal: Journal): Promise<void> {
  try {
    await journal.write()
  } catch (failure) {
    ctx.logger.warn({ err: failure, traceId: run.input.traceId }, 'the failure of a run could not be noted')
  }
}
