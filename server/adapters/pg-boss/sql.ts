import { sql, type Transaction } from 'kysely'
import type { Db, PgBoss } from 'pg-boss'
import { z } from 'zod'
import type { DB } from '../../db/engine/schema.ts'
import type { QueueState } from '../../ports.ts'

// What pg-boss has no call for, asked of its own tables as they are in 12.38.0: look here when that version changes.

const Due = z.object({ rows: z.array(z.object({ name: z.string() })) })

/** The queues with a job whose time has come: to ask each of them takes far longer. */
export async function dueQueues(boss: PgBoss): Promise<Set<string>> {
  const answer: unknown = await boss.getDb().executeSql(
    `select distinct name from pgboss.job
       where state < 'active' and start_after <= pgboss.job_now() and not blocked`,
  )
  return new Set(Due.parse(answer).rows.map(({ name }) => name))
}

/** The next failure of this try ends the job. */
export async function markLastTry(boss: PgBoss, job: { id: string; name: string }): Promise<void> {
  await boss
    .getDb()
    .executeSql('update pgboss.job set retry_limit = retry_count where name = $1 and id = $2', [job.name, job.id])
}

/** What waits for a later moment, of all of an owner, is due now: what they waited for may be there. */
export async function makeJobsDue(trx: Transaction<DB>, name: string, userId: string): Promise<void> {
  await sql`
    update pgboss.job set start_after = pgboss.job_now()
    where name = ${name} and group_id = ${userId} and state = 'created' and start_after > pgboss.job_now()`.execute(trx)
}

/** Dead letters carry the payload and no group. */
export async function deleteJobsOf(trx: Transaction<DB>, userId: string): Promise<void> {
  await sql`delete from pgboss.job where group_id = ${userId} or data ->> 'userId' = ${userId}`.execute(trx)
}

const Counted = z.object({ rows: z.tuple([z.object({ waiting: z.number() })]) })

/** How many jobs of this name an owner has waiting, `most` at most. */
export async function countWaiting(db: Db, name: string, userId: string, most: number): Promise<number> {
  const answer: unknown = await db.executeSql(
    `select count(*)::integer as waiting from (
      select 1 from pgboss.job where name = $1 and group_id = $2 and state < 'active' limit ${most}
    ) as theirs`,
    [name, userId],
  )
  return Counted.parse(answer).rows[0].waiting
}

/** pg-boss has no index for the question above. Asked for first, since even an idle `create index` stops all writes. */
export async function ensureWaitingIndex(boss: PgBoss): Promise<void> {
  await boss.getDb().executeSql(
    `do $$ begin
      if to_regclass('pgboss.job_waiting_by_group') is null then
        perform pg_advisory_xact_lock(hashtext('pgboss.job_waiting_by_group'));
        create index if not exists job_waiting_by_group on pgboss.job (name, group_id) where state < 'active';
      end if;
    end $$`,
  )
}

const countedAtMost = 1_000
const byJob = z.record(z.string(), z.number())
const State = z.object({
  rows: z.tuple([z.object({ deadLetters: byJob, oldestDueSeconds: byJob, hasWorker: z.boolean() })]),
})

/** What all processes on this database make of the queue. A worker signs every 30 s, and is missed after three. */
export async function checkQueue(boss: PgBoss, deadLetterQueue: string): Promise<QueueState> {
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
