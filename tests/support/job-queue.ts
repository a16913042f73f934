import { afterAll } from 'vitest'
import { startPgBoss } from '../../server/adapters/pg-boss.ts'
import { type JobHandlers, jobCatalog, type JobName } from '../../server/jobs/catalog.ts'
import { createLogger } from '../../server/logger.ts'
import { openTestDatabase } from './rows.ts'
import { newTestDatabase } from './test-database.ts'

/** The real queue of this test file, on a database of its own; given back after its tests. */
export async function openQueue({ canWork = false } = {}) {
  await using stack = new AsyncDisposableStack()
  const { config } = stack.use(await newTestDatabase())
  const database = await openTestDatabase(config)
  const stopping = new AbortController()
  const owned = stack.move()
  const start = () =>
    startPgBoss(database.pglite ? { pglite: database.pglite } : { url: config.kind === 'native' ? config.url : '' }, {
      db: database.db,
      logger: createLogger({ level: 'silent', pretty: false }),
      canWork,
      stopping: stopping.signal,
    })
  afterAll(() => owned.disposeAsync())
}
