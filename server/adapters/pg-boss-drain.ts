import type { PgBoss } from 'pg-boss'
import { z } from 'zod'
import type { JobHandlers, JobName } from '../jobs/catalog.ts'
import { jobNames } from './pg-boss-queues.ts'
import { type FetchedJob, type JobRunner, runJob } from './pg-boss-run.ts'
import { spendTries } from './pg-boss-tries.ts'

/** Runs all that is due, and what follows from it, one after the other; answers the number run. */
export async function drainQueues(boss: PgBoss, runner: JobRunner, handlers: JobHandlers): Promise<number> {
  let ran = 0
  for (let found = true; found;) {
    found = false
    for (const name of await dueQueues(boss)) {
      const jobs: FetchedJob[] = await boss.fetch<object>(name, { batchSize: 20, includeMetadata: true })
      if (jobs.length > 0) found = true
      ran += jobs.length
      for (const job of jobs) {
        const { status, output } = await runJob(runner, name, handlers, job)
        if (status === 'deadletter') await spendTries(boss, job)
        if (status === 'completed') await boss.complete(name, job.id)
        else await boss.fail(name, job.id, output as object)
      }
    }
  }
  return ran
}

const Due = z.object({ rows: z.array(z.object({ name: z.string() })) })

/** The queues with a job whose time has come, in the order of the catalogue: to ask each of them takes far longer. */
async function dueQueues(boss: PgBoss): Promise<JobName[]> {
  const answer: unknown = await boss.getDb().executeSql(
    `select distinct name from pgboss.job
       where state < 'active' and start_after <= pgboss.job_now() and not blocked`,
  )
  const due = new Set(Due.parse(answer).rows.map(({ name }) => name))
  return jobNames.filter((name) => due.has(name))
}
