import type { Kysely } from 'kysely'
import { jsonBuildObject } from 'kysely/helpers/postgres'
import {
  type ListTracesInput,
  readStep,
  type Trace,
  type TraceItem,
  type TracePage,
} from '../../../shared-types/index.ts'
import { AppError } from '../../errors.ts'
import { jsonList } from '../engine/json.ts'
import { parseCursor, toPage } from '../engine/page.ts'
import type { DB } from '../engine/schema.ts'

/** Newest first, one row a run. */
export async function listTraces(db: Kysely<DB>, userId: string, input: ListTracesInput): Promise<TracePage> {
  let query = selectTraces(db)
    .where('traces.userId', '=', userId)
    .orderBy('traces.createdAt', 'desc')
    .orderBy('traces.id', 'desc')
    .limit(input.limit + 1)
  if (input.emailId) query = query.where('traces.emailId', '=', input.emailId)
  if (input.status) query = query.where('traces.status', '=', input.status)
  if (input.cursor) {
    const position = parseCursor(input.cursor)
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('traces.createdAt', 'traces.id'), '<', tuple(...position)),
    )
  }
  return toPage(await query.execute(), input.limit, (row) => [row.createdAt, row.id], toItem)
}

/** The whole story of one run, steps in order. */
export async function getTrace(db: Kysely<DB>, userId: string, traceId: string): Promise<Trace> {
  const [row, steps] = await Promise.all([
    selectTraces(db)
      .where('traces.userId', '=', userId)
      .where('traces.id', '=', traceId)
      .select(['traces.error', 'traces.request'])
      .executeTakeFirst(),
    selectSteps(db, userId, traceId),
  ])
  if (!row) throw new AppError('NOT_FOUND', 'There is no such trace.')
  const { error, request, ...item } = row
  return {
    ...toItem(item),
    error,
    request,
    steps: steps.map(({ position, ...step }) => readStep({ ...step, order: position })),
  }
}

function selectTraces(db: Kysely<DB>) {
  return db
    .selectFrom('traces')
    .innerJoin('emails', (join) =>
      join.onRef('emails.userId', '=', 'traces.userId').onRef('emails.id', '=', 'traces.emailId'),
    )
    .select(['traces.id', 'traces.emailId', 'emails.subject', 'traces.intent', 'traces.status', 'traces.mode'])
    .select(['traces.totalMs'])
    .select(['traces.stepCount', 'traces.tokens', 'traces.cost', 'traces.createdAt'])
}

type TraceRow = Omit<TraceItem, 'cost'> & { cost: string }

function toItem(row: TraceRow): TraceItem {
  return { ...row, cost: Number(row.cost) }
}

function selectSteps(db: Kysely<DB>, userId: string, traceId: string) {
  return db
    .selectFrom('agentSteps')
    .where('agentSteps.userId', '=', userId)
    .where('agentSteps.traceId', '=', traceId)
    .orderBy('agentSteps.position')
    .select(['name', 'position', 'status', 'startedAt', 'ms', 'input', 'output', 'error'])
    .select((eb) => [
      jsonList(
        eb
          .selectFrom('toolExecutions as tool')
          .select(({ ref }) =>
            jsonBuildObject({
              tool: ref('tool.tool'),
              status: ref('tool.status'),
              ms: ref('tool.ms'),
              input: ref('tool.input'),
              output: ref('tool.output'),
              error: ref('tool.error'),
            }).as('value'),
          )
          .whereRef('tool.userId', '=', 'agentSteps.userId')
          .whereRef('tool.traceId', '=', 'agentSteps.traceId')
          .whereRef('tool.stepName', '=', 'agentSteps.name')
          .orderBy('tool.createdAt')
          .orderBy('tool.position'),
      ).as('toolExecutions'),
      jsonList(
        eb
          .selectFrom('modelCalls as call')
          .select(({ ref, cast }) =>
            jsonBuildObject({
              task: ref('call.task'),
              model: ref('call.model'),
              promptVersion: ref('call.promptVersion'),
              outcome: ref('call.outcome'),
              inputTokens: ref('call.inputTokens'),
              outputTokens: ref('call.outputTokens'),
              cost: cast<number>('call.cost', 'float8'),
              ms: ref('call.ms'),
            }).as('value'),
          )
          .whereRef('call.userId', '=', 'agentSteps.userId')
          .whereRef('call.traceId', '=', 'agentSteps.traceId')
          .whereRef('call.stepName', '=', 'agentSteps.name')
          .orderBy('call.createdAt')
          .orderBy('call.position'),
      ).as('modelCalls'),
    ])
    .execute()
}
