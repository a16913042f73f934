import { type Kysely, sql } from 'kysely'
import type { Config } from '../config.ts'
import { tellDatabaseTrouble } from '../database-trouble.ts'
import { openDatabase } from '../db/connection.ts'
import { findMismatch, pendingMigrations } from '../db/migrate.ts'
import type { DB } from '../db/schema.ts'
import { messageOf, StartError } from '../errors.ts'
import { type Finding, isBefore, ok, problem, warning } from './findings.ts'

/** Everything about the database; looks only, migrates nothing. */
export async function examineDatabase({ database }: Config): Promise<Finding[]> {
  try {
    await using opened = await openDatabase(database, () => {})
    const { db } = opened
    const reached = ok(
      'database',
      database.kind === 'embedded' ? `embedded, ${database.directory}` : hostOf(database.url),
    )
    return [
      reached,
      await examineServer(db),
      await examineVector(db),
      await examineMigrations(db),
      await examineQueue(db),
    ]
  } catch (error) {
    // The embedded database belongs to one process at a time: most likely the server's.
    if (error instanceof StartError) return [warning('database', error.message)]
    return [problem('database', tellDatabaseTrouble(error) ?? messageOf(error))]
  }
}

/** Without the password. */
function hostOf(url: string): string {
  const { host, pathname } = new URL(url)
  return host + pathname
}

async function examineServer(db: Kysely<DB>): Promise<Finding> {
  const { rows } = await sql<{ server_version: string }>`show server_version`.execute(db)
  const version = Object.values(rows[0] ?? {})[0] ?? ''
  return isBefore(version, '15')
    ? problem('PostgreSQL', `${version}; ReasonFlow needs 15 or later`)
    : ok('PostgreSQL', version)
}

async function examineVector(db: Kysely<DB>): Promise<Finding> {
  const { rows } = await sql<{ name: string; offered: string; installed: string | null }>`
    select name, default_version as offered, installed_version as installed
    from pg_available_extensions where name = 'vector'`.execute(db)
  const [vector] = rows
  if (!vector) return problem('pgvector', 'not on this server; use the image pgvector/pgvector:pg16 or install it')
  const { offered, installed } = vector
  const version = installed ?? offered
  if (isBefore(version, '0.8.0'))
    return problem('pgvector', `${version}; ReasonFlow needs 0.8.2 or later. ${cure(offered)}`)
  if (isBefore(version, '0.8.2')) {
    return warning('pgvector', `${version} has faults in HNSW indexes that 0.8.2 mends. ${cure(offered)}`)
  }
  return ok('pgvector', version)
}

function cure(offered: string): string {
  return isBefore(offered, '0.8.2')
    ? 'Update the server, then run: alter extension vector update'
    : `The server carries ${offered}. Run: alter extension vector update`
}

async function examineMigrations(db: Kysely<DB>): Promise<Finding> {
  const mismatch = await findMismatch(db)
  if (mismatch) return problem('migrations', mismatch)
  const pending = await pendingMigrations(db)
  return pending.length > 0
    ? warning('migrations', `${pending.length} to run, from ${pending[0]} on: make migrate, or start the server`)
    : ok('migrations', 'up to date')
}

async function examineQueue(db: Kysely<DB>): Promise<Finding> {
  const { rows } = await sql<{ name: string | null }>`select to_regclass('pgboss.job')::text as name`.execute(db)
  if (!rows[0]?.name) return warning('queue', 'has no schema yet: make migrate, or start the server')
  const dead = await sql<{ count: number }>`
    select count(*)::int as count from pgboss.job where name = 'dead-letter' and state = 'created'`.execute(db)
  const count = dead.rows[0]?.count ?? 0
  return count > 0
    ? warning('queue', `${count} jobs failed for good: select data, output from pgboss.job where name = 'dead-letter'`)
    : ok('queue', 'ready')
}
