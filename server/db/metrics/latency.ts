import { type Kysely, sql } from 'kysely'
import { type MetricsLatency, type MetricsTools, type Percentiles, StepName } from '../../../shared-types/index.ts'
import type { DB } from '../engine/schema.ts'
import { ofOwner, percentilesOf, type Range } from './figures.ts'

const nothing: Percentiles = { count: 0, p50: null, p90: null, p99: null }

/** How long runs and their steps took, in one statement. */
export async function getLatency(db: Kysely<DB>, userId: string, range: Range): Promise<MetricsLatency> {
  const { rows } = await sql<Percentiles & { name: StepName | null }>`
    select name, ${percentilesOf(sql`ms`)} from agent_steps
    where ${ofOwner(userId, 'agent_steps.started_at', range)} group by name
    union all
    select null, ${percentilesOf(sql`total_ms`)} from traces
    where ${ofOwner(userId, 'traces.created_at', range)} and scope = 'full'`.execute(db)
  const byName = new Map(rows.map(({ name, ...figures }) => [name, figures]))
  return {
    ...range,
    run: byName.get(null) ?? nothing,
    steps: StepName.options.map((name) => ({ name, ...(byName.get(name) ?? nothing) })),
  }
}

/** How often tools were called, how often in vain, and how long that took. */
export async function getTools(db: Kysely<DB>, userId: string, range: Range): Promise<MetricsTools> {
  const { rows } = await sql<Percentiles & { tool: string; failures: number }>`
    select tool, count(*) filter (where status = 'failed') as failures, ${percentilesOf(sql`ms`)}
    from tool_executions where ${ofOwner(userId, 'tool_executions.created_at', range)}
    group by tool order by count(*) desc, tool`.execute(db)
  const tools = rows.map(({ tool, failures, count: calls, ...ms }) => ({ tool, calls, failures, ms }))
  return { ...range, tools }
}
