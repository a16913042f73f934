import type { PgBoss } from 'pg-boss'
import { z } from 'zod'
import type { JobName } from '../jobs/catalog.ts'
import type { QueueState } from '../ports.ts'
import { deadLetterQueue } from './pg-boss-dead-letters.ts'
import { jobNames } from './pg-boss-queues.ts'

const countedAtMost = 1_000
const State = z.object({ rows: z.tuple([z.object({ deadLetters: z.number(), hasWorker: z.boolean() })]) })

/** What all processes on this database make of the queue. A worker signs every 30 s, and is missed after three. */
export async function checkQueue(boss: PgBoss): Promise<QueueState> {
  const answer: unknown = await boss.getDb().executeSql(
    `select
      (select count(*)::integer from (
        select 1 from pgboss.job where name = $1 and state < 'active' and not blocked limit ${countedAtMost}
      ) as waiting) as "deadLetters",
      exists (
        select 1 from pgboss.instance
        where supervise and stopped_on is null and heartbeat_on >= now() - heartbeat_seconds * interval '3 seconds'
      ) as "hasWorker"`,
    [deadLetterQueue],
  )
  return State.parse(answer).rows[0]
}

const Due = z.object({ rows: z.array(z.object({ name: z.string() })) })

/** The queues with a job whose time has come, in the order of the catalogue: to ask each of them takes far longer. */
export async function dueQueues(boss: PgBoss): Promise<JobName[]> {
  const answer: unknown = await boss
    .getDb()
    .executeSql(`select distinct name from pgboss.job where state < 'active' and start_after <= now() and not blocked`)
  const due = new Set(Due.parse(answer).rows.map(({ name }) => name))
  return jobNames.filter((name) => due.has(name))
}
