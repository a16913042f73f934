import type { JobResult, JobWithMetadata } from 'pg-boss'
import type { Logger } from 'pino'
import { messageOf } from '../errors.ts'
import { jobsTotal } from '../metrics.ts'
import { type Job, jobCatalog, type JobHandlers, type JobName } from '../jobs/catalog.ts'

export type FetchedJob = JobWithMetadata

/** Parses the payload, runs the handler and says how it ended; a failure is logged whole and kept with the job. */
export async function runJob(
  { logger, stopping }: { logger: Logger; stopping: AbortSignal },
  name: JobName,
  handlers: JobHandlers,
  fetched: FetchedJob,
): Promise<JobResult> {
  const log = logger.child({ job: name, jobId: fetched.id })
  const startedAt = performance.now()
  try {
    const payload = jobCatalog[name].payload.parse(fetched.data)
    const handle: (job: Job<JobName>) => Promise<void> = handlers[name]
    await handle({
      id: fetched.id,
      payload,
      isLastTry: fetched.retryCount >= fetched.retryLimit,
      signal: signalOf(fetched, stopping),
    })
    jobsTotal.inc({ job: name, outcome: 'done' })
    log.debug({ ms: Math.round(performance.now() - startedAt) }, 'job done')
    return { id: fetched.id, status: 'completed' }
  } catch (error) {
    const isLastTry = fetched.retryCount >= fetched.retryLimit
    jobsTotal.inc({ job: name, outcome: isLastTry ? 'dead' : 'failed' })
    log.warn({ err: error, try: fetched.retryCount + 1, isLastTry }, isLastTry ? 'job failed for good' : 'job failed')
    return { id: fetched.id, status: 'failed', output: { message: messageOf(error) } }
  }
}

/** A job taken by `fetch` rather than by a worker carries no signal, whatever the type says. */
function signalOf(job: { signal?: AbortSignal }, stopping: AbortSignal): AbortSignal {
  return job.signal ? AbortSignal.any([job.signal, stopping]) : stopping
}
