import { sql } from 'kysely'
import { jobNames } from '../../../../server/adapters/pg-boss/queues.ts'
import type { TestApp } from '../../../support/app.ts'

/** Jobs whose time has come and that are not done. */
export async function countDue({ db }: TestApp): Promise<number> {
  const { rows } = await sql<{ due: number }>`
    select count(*) as due from pgboss.job
    where name = any(${[...jobNames]}) and name <> 'sweep-due' and state <= 'active' and start_after <= pgboss.job_now()
  `.execute(db)
  return rows[0]?.due ?? 0
}

/** Runs and sends that have begun and not ended, whenever they are due. */
export async function countUnsettled({ db }: TestApp): Promise<number> {
  const { rows } = await sql<{ unsettled: number }>`
    select (select count(*) from traces where status in ('queued', 'running'))
      + (select count(*) from outbox where state in ('READY', 'SENDING')) as unsettled`.execute(db)
  return rows[0]?.unsettled ?? 0
}
