import { type Kysely, sql } from 'kysely'
import type { MetricsTimeseries } from '../../../shared-types/index.ts'
import type { DB } from '../engine/schema.ts'
import { ofOwner, type Range } from './figures.ts'

export type Counts = Omit<MetricsTimeseries['items'][number], 'date' | 'start'>

/**
 * By the index of the time they fall into, of those that begin at `starts`, in order; where nothing was, nothing is.
 */
export async function countByTime(
  db: Kysely<DB>,
  userId: string,
  range: Range,
  starts: readonly string[],
): Promise<Map<number, Counts>> {
  const bucketOf = (column: string) => sql`width_bucket(${sql.ref(column)}, ${starts}::timestamptz[])`
  const { rows } = await sql<Counts & { bucket: number }>`
    select bucket, sum(mails)::bigint as mails, sum(drafts)::bigint as drafts, sum(sent)::bigint as sent,
      sum(sent_automatically)::bigint as sent_automatically, sum(cost)::double precision as cost
    from (
      select ${bucketOf('received_at')} as bucket, count(*) as mails, 0 as drafts, 0 as sent, 0 as sent_automatically,
        0::numeric as cost
      from emails where ${ofOwner(userId, 'emails.received_at', range)} and direction = 'in' group by 1
      union all
      select ${bucketOf('created_at')}, 0, count(*), 0, 0, 0
      from drafts where ${ofOwner(userId, 'drafts.created_at', range)} group by 1
      union all
      select ${bucketOf('created_at')}, 0, 0, count(*), count(*) filter (where origin = 'agent'), 0
      from outbox where ${ofOwner(userId, 'outbox.created_at', range)} and state = 'SENT' group by 1
      union all
      select ${bucketOf('created_at')}, 0, 0, 0, 0, sum(cost)
      from model_calls where ${ofOwner(userId, 'model_calls.created_at', range)} group by 1
    ) as parts
    group by bucket`.execute(db)
  return new Map(rows.map(({ bucket, ...counts }) => [bucket - 1, counts]))
}
