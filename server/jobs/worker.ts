import type { Logger } from 'pino'
import { messageOf } from '../errors.ts'
import { jobsTotal } from '../metrics.ts'
import { outcomeOf } from '../outcome.ts'
import type { DueJob, JobEnd, RunJob } from '../ports.ts'
import { type Facts, traced } from '../tracing.ts'
import { type Job, jobCatalog, type JobHandlers, type JobName } from './catalog.ts'

/**
 * Runs jobs as the queue hands them out: parses the payload, calls the handler and says how it ended. A failure is logged
 * whole. A job that an outside service asked to wait, or whose work another worker holds, is postponed until then and
 * keeps its tries; one that only the database or the end of this process broke off is retried, after its last try too.
 */
export function createWorker({ logger }: { readonly logger: Logger }, handlers: JobHandlers): RunJob {
  return async (due) => {
    const log = logger.child({ job: due.name, jobId: due.id })
    const startedAt = performance.now()
    try {
      await handle(handlers, due)
    } catch (error) {
      const end = endOf(due, error)
      jobsTotal.inc({ job: due.name, outcome: end.kind })
      if (end.kind === 'postponed') log.info({ reason: end.reason, waitMs: Math.round(end.waitMs) }, 'job postponed')
      else log.warn({ err: error, try: due.tries + 1 }, end.kind === 'dead' ? 'job failed for good' : 'job failed')
      return end
    }
    jobsTotal.inc({ job: due.name, outcome: 'done' })
    log.debug({ ms: Math.round(performance.now() - startedAt) }, 'job done')
    return { kind: 'done' }
  }
}

async function handle(handlers: JobHandlers, { id, name, data, cause, isLastTry, signal }: DueJob): Promise<void> {
  const payload = jobCatalog[name].payload.parse(data)
  const handler: (job: Job<JobName>) => Promise<void> = handlers[name]
  const job = { id, payload, isLastTry, signal }
  await traced(name, { isRoot: true, kind: 'consumer', cause, facts: factsOf(payload) }, () => handler(job))
}

function endOf({ isLastTry, signal }: DueJob, error: unknown): Exclude<JobEnd, { kind: 'done' }> {
  const reason = messageOf(error)
  const outcome = outcomeOf(error, signal)
  if (outcome.kind === 'wait') return { kind: 'postponed', waitMs: outcome.waitMs, reason }
  return { kind: isLastTry && outcome.kind === 'failed' ? 'dead' : 'failed', reason }
}

/** The ids of a payload. */
function factsOf(payload: object): Facts {
  const ids = Object.entries(payload).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return Object.fromEntries(ids.map(([name, id]) => [`reasonflow.${snakeCase(name)}`, id]))
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
