import type { JobWithMetadata } from 'pg-boss'
import type { RunJob } from '../../ports.ts'
import { jobNames } from './queues.ts'
import { type Queue, runFetched } from './run.ts'
import { dueQueues, markLastTry } from './sql.ts'

/** Runs all that is due, and what follows from it, one after the other; answers the number run. */
export async function drainQueues(queue: Queue, run: RunJob): Promise<number> {
  const { boss } = queue
  let ran = 0
  for (let found = true; found;) {
    found = false
    const due = await dueQueues(boss)
    for (const name of jobNames.filter((job) => due.has(job))) {
      const jobs: JobWithMetadata[] = await boss.fetch<object>(name, { batchSize: 20, includeMetadata: true })
      if (jobs.length > 0) found = true
      ran += jobs.length
      for (const job of jobs) {
        const { status, output } = await runFetched(queue, name, run, job)
        if (status === 'deadletter') await markLastTry(boss, job)
        if (status === 'completed') await boss.complete(name, job.id)
        else await boss.fail(name, job.id, output as object)
      }
    }
  }
  return ran
}
