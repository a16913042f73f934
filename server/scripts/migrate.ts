import { sql, type Kysely } from 'kysely'
import { bootstrap } from '../bootstrap.ts'
import { type Config, readConfig } from '../config.ts'
import { openDatabase } from '../db/connection.ts'
import { migrateDown, pendingMigrations } from '../db/migrate.ts'
import type { DB } from '../db/schema.ts'
import { StartError } from '../errors.ts'
import { forScript, runScript } from './run-script.ts'

await runScript(async () => {
  const [option, ...rest] = process.argv.slice(2)
  if (rest.length > 0 || (option !== undefined && option !== '--down')) {
    throw new StartError('Usage: npm run migrate [-- --down]')
  }
  const config = readConfig()
  if (option === '--down') await undoNewest(config)
  else await bringUpToDate(config)
})

/** Our schema and the queue's, by the same way as the server's start. */
async function bringUpToDate(config: Config): Promise<void> {
  const before = await lookAt(config, async (db) => ({
    pending: await pendingMigrations(db),
    queue: await queueVersion(db),
  }))
  await using app = await bootstrap(forScript(config))
  const queue = await queueVersion(app.ctx.db)
  for (const name of before.pending) console.log(`migrated  ${name}`)
  if (queue !== before.queue) console.log(`migrated  the queue's schema, version ${queue}`)
  if (before.pending.length === 0 && queue === before.queue) console.log('up to date')
}

async function undoNewest(config: Config): Promise<void> {
  const name = await lookAt(config, migrateDown)
  console.log(name ? `undone  ${name}` : 'nothing to undo')
}

async function lookAt<T>({ database }: Config, question: (db: Kysely<DB>) => Promise<T>): Promise<T> {
  await using opened = await openDatabase(database, (error) => console.error(error.message))
  return await question(opened.db)
}

/** pg-boss counts its own; undefined before its first start. */
async function queueVersion(db: Kysely<DB>): Promise<number | undefined> {
  const table = await sql<{ name: string | null }>`select to_regclass('pgboss.version')::text as name`.execute(db)
  if (!table.rows[0]?.name) return undefined
  const { rows } = await sql<{ version: number }>`select version from pgboss.version`.execute(db)
  return rows[0]?.version
}
