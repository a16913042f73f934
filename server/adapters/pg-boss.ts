import type { PGlite } from '@electric-sql/pglite'
import type { Kysely, Transaction } from 'kysely'
import { fromKysely, fromPglite, PgBoss, type ConstructorOptions } from 'pg-boss'
import type { Logger } from 'pino'
import type { DB } from '../db/schema.ts'
import { type JobDefinition, jobCatalog, type JobHandlers, type JobName, type JobPayload } from '../jobs/catalog.ts'
import type { JobQueue } from '../ports.ts'
import { silentSocket } from '../db/silent-socket.ts'
import { createDeadLetters, deadLetterQueue } from './pg-boss-dead-letters.ts'
import { postponeJob } from './pg-boss-postpone.ts'
import { type FetchedJob, type JobRunner, runJob } from './pg-boss-run.ts'

/** As for our own connections: nothing the queue asks takes that long. */
const silenceMs = 40_000
const names = Object.keys(jobCatalog) as JobName[]
const definition = (name: JobName): JobDefinition => jobCatalog[name]

export type QueueDatabase = { readonly url: string } | { readonly pglite: PGlite }

/** pg-boss on the schema `pgboss` of our database; made on the first start. Disposing lets running jobs end, 8 s at most. */
export async function startPgBoss(
  database: QueueDatabase,
  { db, logger, canWork, stopping }: { db: Kysely<DB>; logger: Logger; canWork: boolean; stopping: AbortSignal },
): Promise<JobQueue & AsyncDisposable> {
  const boss = new PgBoss({ ...connection(database), ...timing(canWork) })
  boss.on('error', (error) => logger.warn({ err: error }, 'queue error'))
  boss.on('warning', (warning) => logger.warn({ warning: warning.message }, 'queue warning'))
  await boss.start()
  await ensureQueues(boss)
  const run: JobRunner = { logger, stopping, postpone: (...job) => postponeJob({ boss, db }, ...job) }

  return {
    async enqueue<N extends JobName>(
      trx: Transaction<DB>,
      name: N,
      payload: JobPayload<N>,
      when?: { startAfter: Date },
    ) {
      const { oneAtATime } = definition(name)
      const singletonKey = oneAtATime ? String((payload as Record<string, unknown>)[oneAtATime]) : undefined
      const db = fromKysely(trx.withoutPlugins())
      const options = {
        db,
        ...(singletonKey ? { singletonKey } : {}),
        ...('userId' in payload ? { group: { id: payload.userId } } : {}),
        ...(when ? { startAfter: when.startAfter } : {}),
      }
      // One that waits may be fetched between the two questions: then there is room for a new one.
      for (let tries = 0; tries < 3; tries++) {
        const id = await boss.send(name, payload, options)
        if (id) return id
        const [waiting] = await boss.findJobs(name, { key: singletonKey ?? '', queued: true, limit: 1, db })
        if (waiting) return waiting.id
      }
      throw new Error(`the queue took no ${name} job and has none waiting`)
    },
    async work(handlers: JobHandlers) {
      for (const name of names) {
        const { cron, isTimed } = definition(name)
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
          Promise.all(jobs.map((job) => runJob(run, name, handlers, job))),
        )
        if (cron) await boss.schedule(name, cron, {}, { tz: 'UTC' })
      }
    },
    async drain(handlers: JobHandlers) {
      let ran = 0
      for (let found = true; found;) {
        found = false
        for (const name of names) {
          const jobs: FetchedJob[] = await boss.fetch<object>(name, { batchSize: 20, includeMetadata: true })
          if (jobs.length > 0) found = true
          ran += jobs.length
          for (const job of jobs) {
            const result = await runJob(run, name, handlers, job)
            if (result.status === 'completed') await boss.complete(name, job.id)
            else await boss.fail(name, job.id, result.output as object)
          }
        }
      }
      return ran
    },
    ...createDeadLetters(boss),
    async check() {
      await boss.getDb().executeSql('select 1')
    },
    async [Symbol.asyncDispose]() {
      await boss.stop({ graceful: true, timeout: 8_000 })
    },
  }
}

function connection(database: QueueDatabase): ConstructorOptions {
  if ('url' in database) {
    // Handed on to pg's pool as it is; pg-boss's own types do not name `stream`.
    const pool = {
      connectionString: database.url,
      max: 4,
      connectionTimeoutMillis: 5_000,
      application_name: 'reasonflow-queue',
      stream: () => silentSocket(silenceMs),
    }
    return pool
  }
  // pg-boss wants Dates where our own parsers give strings.
  const parsers = { 1184: (text: string) => new Date(text) }
  const { pglite } = database
  const db = fromPglite({
    query: (text, values) => pglite.query(text, values, { parsers }),
    exec: (text) => pglite.exec(text, { parsers }),
    listen: (channel, callback) => pglite.listen(channel, callback),
  })
  return { db, backend: 'pglite' }
}

/** A killed worker's job is due again within 30 s of silence plus one pass of 15 s. */
function timing(canWork: boolean): ConstructorOptions {
  return {
    supervise: canWork,
    schedule: canWork,
    superviseIntervalSeconds: 15,
    monitorIntervalSeconds: 15,
    useListenNotify: canWork,
    registerInstance: canWork,
    monitorVacuum: false,
  }
}

async function ensureQueues(boss: PgBoss): Promise<void> {
  const existing = new Set((await boss.getQueues()).map((queue) => queue.name))
  if (!existing.has(deadLetterQueue)) await boss.createQueue(deadLetterQueue, { retentionSeconds: 30 * 86_400 })
  for (const name of names) {
    const { retryLimit, retryDelay, oneAtATime } = definition(name)
    const options = {
      retryLimit,
      retryDelay,
      retryBackoff: true,
      retryDelayMax: 900,
      heartbeatSeconds: 30,
      expireInSeconds: 600,
      deleteAfterSeconds: 86_400,
      deadLetter: deadLetterQueue,
      notify: true,
    }
    if (existing.has(name)) await boss.updateQueue(name, options)
    else await boss.createQueue(name, { ...options, policy: oneAtATime ? 'short' : 'standard' })
  }
}
