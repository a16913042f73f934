import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { StepName } from '../../../shared-types/index.ts'
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
  readonly tools: readonly ToolRecord[]
  readonly modelCalls: readonly ModelCallRecord[]
}

/** Writes what one step did; a repeated step replaces its failed try, and adds to the calls it made. */
export async function saveStep(trx: Kysely<DB>, userId: string, traceId: string, step: StepRecord): Promise<void> {
  const { name, position, status, startedAt, ms, error } = step
  const outcome = {
    status,
    startedAt,
    ms,
    error,
    input: jsonText(step.input),
    output: jsonText(step.output),
    addition: jsonText(step.addition),
  }
  await trx
    .insertInto('agentSteps')
    .values({ userId, traceId, name, position, ...outcome })
    .onConflict((oc) => oc.columns(['userId', 'traceId', 'name']).doUpdateSet(outcome))
    .execute()
  const shared = { userId, traceId, stepName: name, createdAt: startedAt }
  if (step.tools.length > 0) {
    await trx
      .insertInto('toolExecutions')
      .values(
        step.tools.map((tool, place) => ({
          ...shared,
          ...tool,
          position: place,
          id: randomUUID(),
          input: jsonText(tool.input),
          output: jsonText(tool.output),
        })),
      )
      .execute()
  }
  if (step.modelCalls.length > 0) {
    await trx
      .insertInto('modelCalls')
      .values(
        step.modelCalls.map((call, place) => ({
          ...shared,
          ...call,
          position: place,
          id: randomUUID(),
          cost: String(call.cost),
        })),
      )
      .execute()
  }
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

/** The working state holds mail text: once a run has ended it goes. */
export async function forgetAdditions(trx: Kysely<DB>, userId: string, traceId: string): Promise<void> {
  await trx
    .updateTable('agentSteps')
    .set({ addition: null })
    .where('userId', '=', userId)
    .where('traceId', '=', traceId)
    .execute()
}
