import type { PgBoss } from 'pg-boss'
import { z } from 'zod'
import type { QueueState } from '../ports.ts'
import { deadLetterQueue } from './pg-boss-dead-letters.ts'

const countedAtMost = 1_000
const byJob = z.record(z.string(), z.number())
const State = z.object({
  rows: z.tuple([z.object({ deadLetters: byJob, oldestDueSeconds: byJob, hasWorker: z.boolean() })]),
})

/** What all processes on this database make of the queue. A worker signs every 30 s, and is missed after three. */
export async function checkQueue(boss: PgBoss): Promise<QueueState> {
  const answer: unknown = await boss.getDb().executeSql(
    `select
      (select coalesce(json_object_agg(job, count), '{}') from (
        select job, count(*)::integer from (
          select coalesce(source_name, 'unknown') as job from pgboss.job
          where name = $1 and state < 'active' and not blocked limit ${countedAtMost}
        ) as waiting group by job
      ) as counted) as "deadLetters",
      (select coalesce(json_object_agg(name, seconds), '{}') from pgboss.queue, lateral (
        select extract(epoch from pgboss.job_now() - start_after)::float8 as seconds from pgboss.job
        where job.name = queue.name and state < 'active' and not blocked and start_after <= pgboss.job_now()
        order by start_after limit 1
      ) as oldest where name <> $1) as "oldestDueSeconds",
      exists (
        select 1 from pgboss.instance
        where supervise and stopped_on is null and heartbeat_on >= now() - heartbeat_seconds * interval '3 seconds'
      ) as "hasWorker"`,
    [deadLetterQueue],
  )
  return State.parse(answer).rows[0]
}
