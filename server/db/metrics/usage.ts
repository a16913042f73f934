import { type Kysely, sql } from 'kysely'
import type { MetricsUsage } from '../../../shared-types/index.ts'
import { AppError } from '../../errors.ts'
import type { DB } from '../engine/schema.ts'
import { ofOwner, type Range } from './figures.ts'

type Question = MetricsUsage['questions'][number]

/** What the models were asked for, a model and a kind of question each, and all together. */
export async function countQuestions(
  db: Kysely<DB>,
  userId: string,
  range: Range,
): Promise<Pick<MetricsUsage, 'questions' | 'total'>> {
  const { rows } = await sql<MetricsUsage['total'] & { [Key in 'model' | 'task']: Question[Key] | null }>`
    select model, task, count(*) as calls, coalesce(sum(input_tokens), 0) as input_tokens,
      coalesce(sum(output_tokens), 0) as output_tokens, coalesce(sum(cost), 0)::double precision as cost
    from model_calls where ${ofOwner(userId, 'model_calls.created_at', range)}
    group by grouping sets ((model, task), ())
    order by sum(cost) desc, count(*) desc, model, task`.execute(db)
  const questions: Question[] = []
  let total = { calls: 0, inputTokens: 0, outputTokens: 0, cost: 0 }
  for (const { model, task, ...sums } of rows) {
    if (model === null || task === null) total = sums
    else questions.push({ model, task, ...sums })
  }
  return { questions, total }
}

interface Budgets {
  readonly costLimit: number
  readonly costSpent: number
  readonly costReserved: number
  readonly costLeft: number
  readonly tokenLimit: number
  readonly tokensSpent: number
  readonly tokensReserved: number
  readonly tokensLeft: number
}

/** What was charged to the owner in the days that the range touches, and how the day of `today` stands. */
export async function getCharges(
  db: Kysely<DB>,
  userId: string,
  { from, to }: Range,
  today: string,
): Promise<Pick<MetricsUsage, 'charged' | 'today'>> {
  const { rows } = await sql<Budgets & { cost: number; tokens: number }>`
    select ranged.cost, ranged.tokens,
      daily_model_budget as cost_limit, daily_token_budget as token_limit,
      coalesce(day.settled_cost, 0)::double precision as cost_spent,
      coalesce(day.reserved_cost, 0)::double precision as cost_reserved,
      greatest(daily_model_budget::numeric - coalesce(day.settled_cost + day.reserved_cost, 0), 0)::double precision as cost_left,
      coalesce(day.settled_tokens, 0) as tokens_spent,
      coalesce(day.reserved_tokens, 0) as tokens_reserved,
      greatest(daily_token_budget - coalesce(day.settled_tokens + day.reserved_tokens, 0), 0) as tokens_left
    from settings
      left join spend as day on day.user_id = settings.user_id and day.day = ${today}::date
      cross join (
        select coalesce(sum(settled_cost), 0)::double precision as cost, coalesce(sum(settled_tokens), 0)::bigint as tokens
        from spend
        where user_id = ${userId} and day >= (${from}::timestamptz at time zone 'UTC')::date
          and day < ${to}::timestamptz at time zone 'UTC'
      ) as ranged
    where settings.user_id = ${userId}`.execute(db)
  const [row] = rows
  if (!row) throw new AppError('UNAUTHENTICATED', 'This account is gone.')
  return {
    charged: { tokens: row.tokens, cost: row.cost },
    today: {
      day: today,
      cost: { limit: row.costLimit, spent: row.costSpent, reserved: row.costReserved, left: row.costLeft },
      tokens: { limit: row.tokenLimit, spent: row.tokensSpent, reserved: row.tokensReserved, left: row.tokensLeft },
    },
  }
}
