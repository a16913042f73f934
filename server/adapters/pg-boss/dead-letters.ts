import type { JobWithMetadata, PgBoss } from 'pg-boss'
import { z } from 'zod'
import type { DeadLetter, JobQueue } from '../../ports.ts'
import { splitCause } from './cause.ts'

/** The queue a job comes to when its last try has failed; kept for 30 days. */
export const deadLetterQueue = 'dead-letter'

/** What failed for good, and its way back. */
export function createDeadLetters(boss: PgBoss): Pick<JobQueue, 'deadLetters' | 'redrive'> {
  return {
    async deadLetters(limit) {
      const jobs = await boss.findJobs(deadLetterQueue, { queued: true, limit })
      return jobs.map(toDeadLetter)
    },
    redrive: ({ ids, job }) =>
      boss.redrive(deadLetterQueue, { ...(ids ? { ids: [...ids] } : {}), ...(job ? { sourceName: job } : {}) }),
  }
}

/** As our jobs tell it, or as pg-boss words a death of its own finding. */
const Failure = z.union([
  z.object({ message: z.string() }),
  z.object({ value: z.object({ message: z.string() }) }).transform(({ value }) => value),
  z.object({ value: z.string() }).transform(({ value }) => ({ message: value })),
])

function toDeadLetter(letter: JobWithMetadata<unknown>): DeadLetter {
  return {
    id: letter.id,
    job: letter.sourceName ?? 'unknown',
    payload: splitCause(letter.data as object).payload,
    tries: (letter.sourceRetryCount ?? 0) + 1,
    reason: Failure.safeParse(letter.sourceOutput).data?.message ?? 'no reason was kept',
    failedAt: letter.createdOn,
  }
}
