import { type Kysely, type LogEvent, sql } from 'kysely'
import { bootstrap } from '../bootstrap.ts'
import { type Config, readConfig } from '../config.ts'
import { openDatabase } from '../db/engine/connection.ts'
import { migrateDown, migrateToLatest, migrationHistory } from '../db/engine/migrate.ts'
import type { DB } from '../db/engine/schema.ts'
import { messageOf, StartError } from '../errors.ts'
import { forScript, readArguments, runScript } from './run-script.ts'

// A container has no npm.
const usage = 'node server/scripts/migrate.ts [-v | --verbose] [--down | history]'

await runScript(async () => {
  const { verbose, task } = readTask()
  const config = readConfig()
  await using database = await openDatabase(
    config.database,
    (error) => console.error(error.message),
    verbose ? printStatement : undefined,
  )
  if (task === 'history') return await printHistory(database.db)
  if (task === 'down') {
    const name = await migrateDown(database.db, database.openPatient)
    return console.log(name ? `undone  ${name}` : 'nothing to undo')
  }
  const before = await queueVersion(database.db)
  const migrated = await migrateToLatest(database.db, database.openPatient)
  for (const name of migrated) console.log(`migrated  ${name}`)
  const queue = await prepareQueue(config, database)
  if (queue !== before) console.log(`migrated  the queue's schema, version ${queue}`)
  if (migrated.length === 0 && queue === before) console.log('up to date')
})

function readTask(): { verbose: boolean; task: 'up' | 'down' | 'history' } {
  const { values, positionals } = readArguments(usage, {
    options: { verbose: { type: 'boolean', short: 'v', default: false }, down: { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const { verbose, down } = values
  const [word, ...rest] = positionals
  if (rest.length > 0 || (word !== undefined && (word !== 'history' || down))) throw new StartError(`Usage: ${usage}`)
  return { verbose, task: word === undefined ? (down ? 'down' : 'up') : 'history' }
}

/** On one line each: they are indented as their sources are. */
function printStatement(event: LogEvent): void {
  const text = event.query.sql.replaceAll(/\s+/g, ' ').trim()
  console.log(`${event.queryDurationMillis.toFixed(1).padStart(8)} ms  ${text}`)
  if (event.level === 'error') console.log(`     failed  ${messageOf(event.error)}`)
}

async function printHistory(db: Kysely<DB>): Promise<void> {
  for (const { name, ranAt, isForeign } of await migrationHistory(db)) {
    console.log(`${(ranAt ?? 'pending').padEnd(24)}  ${name}${isForeign ? '  (unknown to this version)' : ''}`)
  }
}

/** By the same way as the server's start; answers its version. */
async function prepareQueue(config: Config, database: Awaited<ReturnType<typeof openDatabase>>) {
  await using app = await bootstrap(forScript(config), { database })
  return await queueVersion(app.ctx.db)
}

/** pg-boss counts its own; undefined before its first start. */
async function queueVersion(db: Kysely<DB>): Promise<number | undefined> {
  const table = await sql<{ name: string | null }>`select to_regclass('pgboss.version')::text as name`.execute(db)
  if (!table.rows[0]?.name) return undefined
  const { rows } = await sql<{ version: number }>`select version from pgboss.version`.execute(db)
  return rows[0]?.version
}
