import type { Kysely } from 'kysely'
import type { JobResult, JobWithMetadata, PgBoss } from 'pg-boss'
import type { Logger } from 'pino'
import type { DB } from '../../db/engine/schema.ts'
import type { JobName } from '../../jobs/catalog.ts'
import type { RunJob } from '../../ports.ts'
import { splitCause } from './cause.ts'
import { postponeJob } from './postpone.ts'
import { isLastTry } from './tries.ts'

export interface Queue {
  readonly boss: PgBoss
  readonly db: Kysely<DB>
  readonly logger: Logger
  /** Aborts when the process is told to stop. */
  readonly stopping: AbortSignal
}

/** Hands a job that was taken to whoever runs it, and tells pg-boss in its own words how it ended. */
export async function runFetched(
  { boss, db, logger, stopping }: Queue,
  name: JobName,
  run: RunJob,
  fetched: JobWithMetadata,
): Promise<JobResult> {
  const { id, retryCount } = fetched
  const { payload: data, cause } = splitCause(fetched.data)
  // A job taken by `fetch` rather than by a worker carries no signal, whatever the type says.
  const { signal: own } = fetched as { signal?: AbortSignal }
  const signal = own ? AbortSignal.any([own, stopping]) : stopping
  const end = await run({ id, name, data, cause, tries: retryCount, isLastTry: isLastTry(fetched), signal })
  if (end.kind === 'done') return { id, status: 'completed' }
  const output = { message: end.reason }
  if (end.kind !== 'postponed') return { id, status: end.kind === 'dead' ? 'deadletter' : 'failed', output }
  try {
    await postponeJob({ boss, db }, name, fetched, end.waitMs)
    return { id, status: 'completed' }
  } catch (error) {
    logger.warn({ err: error, job: name, jobId: id }, 'job could not be postponed')
    return { id, status: 'failed', output }
  }
}
