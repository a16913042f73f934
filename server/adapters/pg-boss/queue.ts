import type { Kysely, Transaction } from 'kysely'
import { type ConstructorOptions, fromKysely, PgBoss } from 'pg-boss'
import type { Logger } from 'pino'
import type { DB } from '../../db/engine/schema.ts'
import type { JobName, JobPayload } from '../../jobs/catalog.ts'
import type { JobQueue, RunJob } from '../../ports.ts'
import { withCause } from './cause.ts'
import { type QueueDatabase, queueConnection } from './connection.ts'
import { createDeadLetters, deadLetterQueue } from './dead-letters.ts'
import { drainQueues } from './drain.ts'
import { ensureQueues, jobDefinition, jobNames } from './queues.ts'
import { runFetched } from './run.ts'
import { checkQueue, countWaiting, deleteJobsOf, ensureWaitingIndex, makeJobsDue } from './sql.ts'

/**
 * The place of an owner's new job: the more of theirs wait, up to so many, the further behind it stands; among such owners
 * they take turns by age. pg-boss serves the oldest first, so that a few with thousands of jobs each would keep all others
 * out. The bound makes them wait and not starve: who is passed over for long is joined by the others' own backlogs.
 */
const deepest = 100
/** How long jobs may go on once the process is told to stop. */
const graceMs = 8_000

/**
 * pg-boss on the schema `pgboss` of our database; made on the first start. When `stopping` aborts it takes no job any
 * more; disposing lets running ones end, 8 s from then on at most, and gives back what has not ended.
 */
export async function startPgBoss(
  database: QueueDatabase,
  { db, logger, canWork, stopping }: { db: Kysely<DB>; logger: Logger; canWork: boolean; stopping: AbortSignal },
): Promise<JobQueue & AsyncDisposable> {
  const boss = new PgBoss({ ...queueConnection(database), ...timing(canWork) })
  boss.on('error', (error) => logger.warn({ err: error }, 'queue error'))
  boss.on('warning', (warning) => logger.warn({ warning: warning.message }, 'queue warning'))
  await boss.start()
  await ensureQueues(boss)
  await ensureWaitingIndex(boss)
  const queue = { boss, db, logger, stopping }
  let stoppedAt: number | undefined
  stopping.addEventListener('abort', () => {
    stoppedAt = performance.now()
    // While requests are still answered nothing new is begun: it would be broken off at once.
    void Promise.allSettled(jobNames.map((name) => boss.offWork(name, { wait: false })))
  })

  return {
    async enqueue<N extends JobName>(
      trx: Transaction<DB>,
      name: N,
      payload: JobPayload<N>,
      { startAfter, canWait = false }: { startAfter?: Date; canWait?: boolean } = {},
    ) {
      const { oneAtATime } = jobDefinition(name)
      const singletonKey = oneAtATime ? String((payload as Record<string, unknown>)[oneAtATime]) : undefined
      const db = fromKysely(trx.withoutPlugins())
      const options = {
        db,
        ...(singletonKey ? { singletonKey } : {}),
        ...('userId' in payload
          ? {
              group: { id: payload.userId },
              priority: -(canWait ? deepest : await countWaiting(db, name, payload.userId, deepest)),
            }
          : {}),
        ...(startAfter ? { startAfter } : {}),
      }
      // One that waits may be fetched between the two questions: then there is room for a new one.
      for (let tries = 0; tries < 3; tries++) {
        const id = await boss.send(name, withCause(payload), options)
        if (id) return id
        const [waiting] = await boss.findJobs(name, { key: singletonKey ?? '', queued: true, limit: 1, db })
        if (waiting) return waiting.id
      }
      throw new Error(`the queue took no ${name} job and has none waiting`)
    },
    async makeDueNow(trx, name, userId) {
      await makeJobsDue(trx, name, userId)
    },
    deleteOf: (trx, userId) => deleteJobsOf(trx, userId),
    async work(run: RunJob) {
      for (const name of jobNames) {
        const { cron, isTimed } = jobDefinition(name)
        const options = {
          batchSize: 4,
          localConcurrency: 2,
          groupConcurrency: 4,
          burstWhenBatchFull: true,
          perJobResults: true,
          includeMetadata: true,
          // NOTIFY tells of a new job, not of one whose time has come, such as a repetition.
          pollingIntervalSeconds: isTimed ? 1 : 5,
          notifyPollingIntervalSeconds: isTimed ? 1 : 5,
        } as const
        await boss.work<object, unknown, typeof options>(name, options, (jobs) =>
          Promise.all(jobs.map((job) => runFetched(queue, name, run, job))),
        )
        if (cron) await boss.schedule(name, cron, {}, { tz: 'UTC' })
      }
      // The first pass of its own comes after 5 s: workers that keep dying sooner would never free what they held.
      void boss.supervise().catch((error: unknown) => logger.warn({ err: error }, 'the queue could not be looked over'))
    },
    drain: (run) => drainQueues(queue, run),
    ...createDeadLetters(boss),
    check: () => checkQueue(boss, deadLetterQueue),
    async [Symbol.asyncDispose]() {
      const spentMs = stoppedAt === undefined ? 0 : performance.now() - stoppedAt
      await boss.stop({ graceful: true, timeout: Math.max(graceMs - spentMs, 1_000) })
    },
  }
}

/** A killed worker's job is due again within 15 s of silence plus one pass of 5 s. */
function timing(canWork: boolean): ConstructorOptions {
  return {
    supervise: canWork,
    schedule: canWork,
    superviseIntervalSeconds: 5,
    monitorIntervalSeconds: 5,
    useListenNotify: canWork,
    registerInstance: canWork,
    monitorVacuum: false,
  }
}
