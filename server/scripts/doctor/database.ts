import { type Kysely, sql } from 'kysely'
import type { Config } from '../../config.ts'
import { explainDatabaseTrouble } from '../../database-trouble.ts'
import { openDatabase } from '../../db/engine/connection.ts'
import { DirectoryHeldError } from '../../db/engine/directory-lock.ts'
import { findMismatch, pendingMigrations } from '../../db/engine/migrate.ts'
import type { DB } from '../../db/engine/schema.ts'
import { messageOf, StartError } from '../../errors.ts'
import { examineExtensions } from './extensions.ts'
import { type Finding, inWords, isBefore, ok, problem, warning } from './findings.ts'
import { examineMailboxes } from './mailboxes.ts'
import { examineQueue } from './queue.ts'
import { examineChecks, type RunningServer } from './server.ts'

/** Everything about the database; looks only, migrates nothing. */
export async function examineDatabase(config: Config, running: RunningServer | null): Promise<Finding[]> {
  const { database } = config
  const findings: Finding[] = []
  try {
    await using opened = await openDatabase(database, () => {})
    const { db } = opened
    findings.push(await examineServer(db, database), ...(await examineExtensions(db, database.kind)))
    findings.push(await examineClock(db))
    const migrations = await examineMigrations(db)
    findings.push(migrations, ...(await examineIndexes(db)))
    if (migrations.level === 'ok') {
      findings.push(...(await examineQueue(db)), ...(await examineMailboxes(db, config)))
    }
  } catch (error) {
    findings.push(...explain(error, config, running))
  }
  return findings
}

function explain(error: unknown, { port }: Config, running: RunningServer | null): Finding[] {
  if (error instanceof DirectoryHeldError) {
    const { directory, holder } = error
    if (running) {
      return [ok('database', `embedded, ${directory}, in the hands of the server that runs`), ...examineChecks(running)]
    }
    return [
      warning(
        'database',
        `${directory} is in use by process ${holder}, and no ReasonFlow answers on port ${port}`,
        'If that process is a ReasonFlow, set PORT as it has it; else stop it',
      ),
    ]
  }
  if (error instanceof StartError && !error.message.startsWith('The data directory')) {
    return [problem('database', error.message, 'Set DATABASE_URL to a PostgreSQL with pgvector, or run npm ci')]
  }
  if (error instanceof StartError) {
    const fix = 'Make it yours (sudo chown -R "$USER" <folder>), or set DATA_DIR to a folder of yours'
    return [problem('data directory', error.message, fix)]
  }
  const { what, fix } = explainDatabaseTrouble(error) ?? { what: messageOf(error), fix: 'Check DATABASE_URL' }
  return [problem('database', what, fix)]
}

async function examineServer(db: Kysely<DB>, database: Config['database']): Promise<Finding> {
  const { rows } = await sql<{ version: string }>`select current_setting('server_version') as version`.execute(db)
  const version = rows[0]?.version ?? ''
  const place = database.kind === 'embedded' ? `embedded, ${database.directory}` : hostOf(database.url)
  const detail = `PostgreSQL ${version}, ${place}`
  return isBefore(version, '15')
    ? problem('database', `${detail}; ReasonFlow needs 15 or later`, 'Upgrade the server: pg_dump, then restore')
    : ok('database', detail)
}

/** Without the password. */
function hostOf(url: string): string {
  const { host, pathname } = new URL(url)
  return host + pathname
}

async function examineClock(db: Kysely<DB>): Promise<Finding> {
  const askedAt = Date.now()
  const { rows } = await sql<{ ms: number }>`
    select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`.execute(db)
  return judgeClocks((rows[0]?.ms ?? 0) - (askedAt + Date.now()) / 2)
}

/** How far the database's clock is ahead of this machine's. */
export function judgeClocks(aheadMs: number): Finding {
  const offMs = Math.abs(aheadMs)
  if (offMs <= 2_000) return ok('clock', "this machine's agrees with the database's")
  const apart = `the database's is ${inWords(offMs)} ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine's`
  const fix = 'Set the clocks by time service on both machines (timedatectl set-ntp true)'
  return offMs > 60_000 ? problem('clock', apart, fix) : warning('clock', apart, fix)
}

async function examineMigrations(db: Kysely<DB>): Promise<Finding> {
  const mismatch = await findMismatch(db)
  if (mismatch) return problem('migrations', mismatch.what, mismatch.fix)
  const pending = await pendingMigrations(db)
  return pending.length > 0
    ? warning('migrations', `${pending.length} to run, from ${pending[0]} on`, 'make migrate, or start the server')
    : ok('migrations', 'up to date')
}

/** One that was begun and broken off: nothing is found by it, and it holds nothing unique. */
async function examineIndexes(db: Kysely<DB>): Promise<Finding[]> {
  const { rows } = await sql<{ name: string }>`
    select indexrelid::regclass::text as name from pg_index join pg_class on pg_class.oid = indexrelid
    where not indisvalid and relkind = 'i' and relnamespace <> 'pg_toast'::regnamespace`.execute(db)
  return rows.map(({ name }) => problem('index', `${name} is not valid`, `Run: reindex index concurrently ${name}`))
}
