import type { PgBoss } from 'pg-boss'
import { z } from 'zod'
import type { QueueState } from '../ports.ts'
import { deadLetterQueue } from './pg-boss-dead-letters.ts'

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
