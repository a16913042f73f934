import { startPgBoss } from '../../server/adapters/pg-boss/queue.ts'
import type { Database } from '../../server/db/engine/connection.ts'
import { migrateToLatest } from '../../server/db/engine/migrate.ts'
import { createLogger } from '../../server/logger.ts'

/** Our schema and the queue's. */
export async function migrateAll(database: Database, url = ''): Promise<void> {
  await migrateToLatest(database.db)
  const place = database.pglite ? { pglite: database.pglite } : { url }
  const logger = createLogger({ level: 'silent', pretty: false })
  await using _queue = await startPgBoss(place, {
    db: database.db,
    logger,
    canWork: false,
    stopping: new AbortController().signal,
  })
}

export function reportError(error: Error): void {
  console.error(error)
}
