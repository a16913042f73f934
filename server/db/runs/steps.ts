import { type Kysely, sql } from 'kysely'
import type { RunMode, StepName } from '../../../shared-types/index.ts'
import { takenOver } from '../../lease.ts'
import { jsonText } from '../engine/json.ts'
import type { DB } from '../engine/schema.ts'

export interface ToolRecord {
  readonly tool: string
  readonly status: 'ok' | 'failed'
  readonly ms: number
  readonly input: unknown
  readonly output: unknown
  readonly error: string | null
}

export interface ModelCallRecord {
  readonly task: string
  readonly model: string
  readonly promptVersion: string
  readonly outcome: string
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cost: number
  readonly ms: number
}

export interface StepRecord {
  readonly name: StepName
  readonly position: number
  readonly status: 'completed' | 'failed'
  readonly startedAt: string
  readonly ms: number
  readonly input: unknown
  readonly output: unknown
  readonly addition: unknown
  readonly error: string | null
  /** What the run can come to from here on, if the step has a say in it. */
  readonly mode?: RunMode
  readonly tools: readonly ToolRecord[]
  readonly modelCalls: readonly ModelCallRecord[]
}

/**
 * Writes what steps did, in one statement: a repeated step replaces its failed try, and adds to the calls it made.
 * Fenced by the epoch of the claim, whose lease it renews: HeldError once another worker has claimed the run, or once it
 * has ended. The run's mode falls, and never rises again.
 */
export async function recordSteps(
  db: Kysely<DB>,
  userId: string,
  { traceId, epoch }: { traceId: string; epoch: number },
  { leaseUntil, steps }: { leaseUntil: string; steps: readonly StepRecord[] },
): Promise<void> {
  const sumOf = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0)
  const modelCalls = steps.flatMap((step) => inOrder(step, step.modelCalls))
  const tools = steps.flatMap((step) => inOrder(step, step.tools))
  const finished = steps.filter(({ status }) => status === 'completed').length
  const tokens = sumOf(modelCalls.map(({ inputTokens, outputTokens }) => inputTokens + outputTokens))
  const cost = sumOf(modelCalls.map((call) => call.cost))
  const { rows } = await sql`
    with run as (
      update traces set lease_until = ${leaseUntil}, step_count = step_count + ${finished}::integer,
        tokens = tokens + ${tokens}::integer, cost = cost + ${cost}::numeric,
        mode = case when mode = 'reviewOnly' then mode else coalesce(${lowestMode(steps)}, mode) end
      where user_id = ${userId} and id = ${traceId} and epoch = ${epoch} and status = 'running'
      returning user_id, id
    ), steps as (
      insert into agent_steps (user_id, trace_id, name, position, status, started_at, ms, error, input, output, addition)
      select user_id, run.id, step.*
      from run, jsonb_to_recordset(${jsonText(steps.map(columnsOf))}::jsonb) as step
        (name text, position integer, status text, "startedAt" timestamptz, ms integer, error text, input jsonb,
        output jsonb, addition jsonb)
      on conflict (user_id, trace_id, name) do update set status = excluded.status, started_at = excluded.started_at,
        ms = excluded.ms, error = excluded.error, input = excluded.input, output = excluded.output,
        addition = excluded.addition
    ), tools as (
      insert into tool_executions
        (user_id, id, trace_id, step_name, created_at, position, tool, status, ms, input, output, error)
      select user_id, gen_random_uuid(), run.id, call.*
      from run, jsonb_to_recordset(${jsonText(tools)}::jsonb) as call
        ("stepName" text, "startedAt" timestamptz, position integer, tool text, status text, ms integer, input jsonb,
        output jsonb, error text)
    ), calls as (
      insert into model_calls (user_id, id, trace_id, step_name, created_at, position, task, model, prompt_version,
        outcome, input_tokens, output_tokens, cost, ms)
      select user_id, gen_random_uuid(), run.id, call.*
      from run, jsonb_to_recordset(${jsonText(modelCalls)}::jsonb) as call
        ("stepName" text, "startedAt" timestamptz, position integer, task text, model text, "promptVersion" text,
        outcome text, "inputTokens" integer, "outputTokens" integer, cost numeric, ms integer)
    )
    select id from run`.execute(db)
  if (rows.length === 0) throw takenOver('this run')
}

function inOrder<T>({ name: stepName, startedAt }: StepRecord, calls: readonly T[]) {
  return calls.map((call, position) => ({ ...call, stepName, startedAt, position }))
}

function columnsOf({ tools: _tools, modelCalls: _modelCalls, mode: _mode, ...columns }: StepRecord) {
  return columns
}

function lowestMode(steps: readonly StepRecord[]): RunMode | null {
  const modes = steps.map(({ mode }) => mode)
  if (modes.includes('reviewOnly')) return 'reviewOnly'
  return modes.includes('maySend') ? 'maySend' : null
}

/** What finished steps of this run added to its state, in order: they are not run again. */
export async function finishedSteps(db: Kysely<DB>, userId: string, traceId: string) {
  return db
    .selectFrom('agentSteps')
    .where('userId', '=', userId)
    .where('traceId', '=', traceId)
    .where('status', '=', 'completed')
    .orderBy('position')
    .select(['name', 'addition'])
    .execute()
}
