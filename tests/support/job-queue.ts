import { PgBoss } from 'pg-boss'
import { afterAll } from 'vitest'
import { queueConnection } from '../../server/adapters/pg-boss/connection.ts'
import { startPgBoss } from '../../server/adapters/pg-boss/queue.ts'
import { type Job, jobCatalog, type JobHandlers, type JobName } from '../../server/jobs/catalog.ts'
import { createWorker } from '../../server/jobs/worker.ts'
import { createLogger } from '../../server/logger.ts'
import { borrowDatabase } from './test-database.ts'

/** A database of this test file, given back after its tests, and the real queue on it as often as a test wants. */
export async function openQueues() {
  const database = await borrowDatabase()
  afterAll(() => database[Symbol.asyncDispose]())
  const { config, db, pglite } = database
  const place = pglite ? { pglite } : { url: config.kind === 'native' ? config.url : '' }
  return {
    db,
    /** One process's side of it; `beginStop` is what SIGTERM does first. */
    async start({ canWork = false } = {}) {
      const stopping = new AbortController()
      const logger = createLogger({ level: 'silent', pretty: false })
      const queue = await startPgBoss(place, { db, logger, canWork, stopping: stopping.signal })
      const { work, drain } = queue
      return Object.assign(queue, {
        beginStop: () => stopping.abort(),
        work: (handlers: JobHandlers) => work(createWorker({ logger }, handlers)),
        drain: (handlers: JobHandlers) => drain(createWorker({ logger }, handlers)),
      })
    },
    /** The pass that gives the jobs of dead processes to others. */
    async supervise() {
      const boss = new PgBoss({ ...queueConnection(place), supervise: false, schedule: false })
      await boss.start()
      await boss.supervise()
      await boss.stop({ graceful: false })
    },
  }
}

/** Handlers that do nothing, but for this one. */
export function onlyHandling<N extends JobName>(name: N, handle: (job: Job<N>) => Promise<void>): JobHandlers {
  const idle = Object.fromEntries(Object.keys(jobCatalog).map((other) => [other, () => Promise.resolve()]))
  return { ...(idle as unknown as JobHandlers), [name]: handle }
}
