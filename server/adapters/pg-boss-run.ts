import type { JobResult, JobWithMetadata } from 'pg-boss'
import type { Logger } from 'pino'
import { messageOf } from '../errors.ts'
import { jobsTotal } from '../metrics.ts'
import { outcomeOf } from '../outcome.ts'
import { traced } from '../tracing.ts'
import { type Job, jobCatalog, type JobHandlers, type JobName } from '../jobs/catalog.ts'
import { factsOf, splitCause } from './pg-boss-cause.ts'
import { isLastTry } from './pg-boss-tries.ts'

export type FetchedJob = JobWithMetadata

export interface JobRunner {
  readonly logger: Logger
  readonly stopping: AbortSignal
  /** Puts off a job that is being run. */
  postpone(name: JobName, fetched: FetchedJob, waitMs: number): Promise<void>
}

/**
 * Parses the payload, runs the handler and says how it ended; a failure is logged whole and kept with the job. A job
 * that an outside service asked to wait, or whose work another worker holds, is put off until then instead of spending
 * its tries; one that only the database or the end of this process broke off comes again, even after its last try.
 */
export async function runJob(
  runner: JobRunner,
  name: JobName,
  handlers: JobHandlers,
  fetched: FetchedJob,
): Promise<JobResult> {
  const log = runner.logger.child({ job: name, jobId: fetched.id })
  const startedAt = performance.now()
  const isLast = isLastTry(fetched)
  try {
    const { payload: data, cause } = splitCause(fetched.data)
    const payload = jobCatalog[name].payload.parse(data)
    const handle: (job: Job<JobName>) => Promise<void> = handlers[name]
    const job = { id: fetched.id, payload, isLastTry: isLast, signal: signalOf(fetched, runner.stopping) }
    await traced(name, { isRoot: true, kind: 'consumer', cause, facts: factsOf(payload) }, () => handle(job))
    jobsTotal.inc({ job: name, outcome: 'done' })
    log.debug({ ms: Math.round(performance.now() - startedAt) }, 'job done')
    return { id: fetched.id, status: 'completed' }
  } catch (error) {
    const outcome = outcomeOf(error, runner.stopping)
    if (
      outcome.kind === 'wait' &&
      (await isPostponed({ ...runner, logger: log }, name, fetched, { error, ...outcome }))
    )
      return { id: fetched.id, status: 'completed' }
    const isDead = isLast && outcome.kind === 'failed'
    jobsTotal.inc({ job: name, outcome: isDead ? 'dead' : 'failed' })
    log.warn({ err: error, try: fetched.retryCount + 1 }, isDead ? 'job failed for good' : 'job failed')
    return { id: fetched.id, status: isDead ? 'deadletter' : 'failed', output: { message: messageOf(error) } }
  }
}

/** Whether it could be put off as was asked for. */
async function isPostponed(
  { logger, postpone }: JobRunner,
  name: JobName,
  fetched: FetchedJob,
  { error, waitMs }: { error: unknown; waitMs: number },
) {
  try {
    await postpone(name, fetched, waitMs)
  } catch (failure) {
    logger.warn({ err: failure }, 'job could not be postponed')
    return false
  }
  jobsTotal.inc({ job: name, outcome: 'postponed' })
  logger.info({ reason: messageOf(error), waitMs: Math.round(waitMs) }, 'job postponed')
  return true
}

/** A job taken by `fetch` rather than by a worker carries no signal, whatever the type says. */
function signalOf(job: { signal?: AbortSignal }, stopping: AbortSignal): AbortSignal {
  return job.signal ? AbortSignal.any([job.signal, stopping]) : stopping
}
