import type { Db, PgBoss } from 'pg-boss'
import { z } from 'zod'
import type { JobName } from '../jobs/catalog.ts'

/** Whoever has so many jobs waiting stands behind all who have fewer; among themselves such owners take turns by age. */
const deepest = 100
const Counted = z.object({ rows: z.tuple([z.object({ waiting: z.number() })]) })

/**
 * The place of an owner's new job: the more of theirs wait, the further behind. pg-boss serves the oldest first, so that
 * a few owners with thousands of jobs each would keep all others out. The bound makes them wait and not starve: who is
 * passed over for long is joined by the others' own backlogs.
 */
export async function priorityOf(db: Db, name: JobName, userId: string): Promise<number> {
  const answer: unknown = await db.executeSql(
    `select count(*)::integer as waiting from (
      select 1 from pgboss.job where name = $1 and group_id = $2 and state < 'active' limit ${deepest}
    ) as theirs`,
    [name, userId],
  )
  return -Counted.parse(answer).rows[0].waiting
}

/** pg-boss has no index for the question above. Asked for first, since even an idle `create index` stops all writes. */
export async function ensureFairnessIndex(boss: PgBoss): Promise<void> {
  await boss.getDb().executeSql(
    `do $$ begin
      if to_regclass('pgboss.job_waiting_by_group') is null then
        perform pg_advisory_xact_lock(hashtext('pgboss.job_waiting_by_group'));
        create index if not exists job_waiting_by_group on pgboss.job (name, group_id) where state < 'active';
      end if;
    end $$`,
  )
}
