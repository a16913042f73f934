import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { type Kysely, sql } from 'kysely'
import { Migrator, type Migration, type MigrationProvider } from 'kysely/migration'
import { StartError } from '../../errors.ts'
import type { DB } from './schema.ts'

type OpenPatient = (() => { readonly db: Kysely<DB> } & AsyncDisposable) | null

const folder = join(import.meta.dirname, '../../../migrations')

/**
 * Brings the schema up to date; answers the names of the migrations that ran. Any number of processes may call it at once.
 * StartError where the database is not one of this version's. `openPatient` gives a connection that lets a migration, or
 * the wait for another process's, take its time; without it `db` is used.
 */
export async function migrateToLatest(db: Kysely<DB>, openPatient: OpenPatient = null): Promise<string[]> {
  if (await isUpToDate(db)) return []
  await refuseMismatch(db)
  await using patient = openPatient?.()
  const { error, results } = await migrator(patient?.db ?? db).migrateToLatest()
  if (error) throw error
  return (results ?? []).filter((result) => result.status === 'Success').map((result) => result.migrationName)
}

/** Undoes the newest migration; answers its name, or undefined when there is none. */
export async function migrateDown(db: Kysely<DB>, openPatient: OpenPatient = null): Promise<string | undefined> {
  await refuseMismatch(db)
  await using patient = openPatient?.()
  const { error, results } = await migrator(patient?.db ?? db).migrateDown()
  if (error) throw error
  return results?.[0]?.migrationName
}

export interface MigrationRecord {
  readonly name: string
  /** ISO 8601; null while it has not run. */
  readonly ranAt: string | null
  /** Another version's, which has no file here. */
  readonly isForeign: boolean
}

/** Every migration that ran or is to run, in that order. */
export async function migrationHistory(db: Kysely<DB>): Promise<MigrationRecord[]> {
  const [ran, ours] = [await recordedMigrations(db), await migrationNames()]
  const names = [...new Set([...ours, ...ran.keys()])].toSorted()
  return names.map((name) => ({ name, ranAt: ran.get(name) ?? null, isForeign: !ours.includes(name) }))
}

/** Why this version cannot work on the database, and the way back; undefined when it can. */
export async function findMismatch(db: Kysely<DB>): Promise<{ what: string; fix: string } | undefined> {
  const history = await migrationHistory(db)
  const foreign = history.filter(({ isForeign }) => isForeign).map(({ name }) => name)
  if (foreign.length > 0) {
    const isNewer = history.slice(-foreign.length).every(({ isForeign }) => isForeign)
    return {
      what: `The database was migrated by ${isNewer ? 'a newer' : 'another'} version of ReasonFlow: it holds ${foreign.join(', ')}, which this one does not know.`,
      fix: 'Start that version again, or put back a backup from before it.',
    }
  }
  const rest = history.slice(history.findIndex(({ ranAt }) => ranAt === null))
  const later = rest.find(({ ranAt }) => ranAt !== null)
  if (rest[0]?.ranAt !== null || !later) return undefined
  return {
    what: `The migration ${rest[0].name} has not run, although ${later.name} after it has.`,
    fix: 'Give it the next number.',
  }
}

async function refuseMismatch(db: Kysely<DB>): Promise<void> {
  const mismatch = await findMismatch(db)
  if (mismatch) throw new StartError(`${mismatch.what} ${mismatch.fix}`)
}

/** Names of migrations that have not run yet. */
export async function pendingMigrations(db: Kysely<DB>): Promise<string[]> {
  return (await migrationHistory(db)).filter(({ ranAt }) => ranAt === null).map(({ name }) => name)
}

/** Whether exactly ours have run. The migrator reads the whole catalog, which a PGlite just opened takes most of a second for. */
async function isUpToDate(db: Kysely<DB>): Promise<boolean> {
  const ran = await recordedMigrations(db)
  return isDeepStrictEqual([...ran.keys()].toSorted(), await migrationNames())
}

/** When each ran, by its name. */
async function recordedMigrations(db: Kysely<DB>): Promise<Map<string, string>> {
  const table = await sql<{ isThere: boolean }>`
    select to_regclass('kysely_migration') is not null as "isThere"`.execute(db)
  if (!table.rows[0]?.isThere) return new Map()
  const { rows } = await sql<{ name: string; timestamp: string }>`
    select name, timestamp from kysely_migration order by name`.execute(db)
  return new Map(rows.map(({ name, timestamp }) => [name, timestamp]))
}

async function migrationNames(): Promise<string[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.ts'))
  return files.map((file) => file.slice(0, -'.ts'.length)).toSorted()
}

function migrator(db: Kysely<DB>): Migrator {
  return new Migrator({ db: db.withoutPlugins(), provider })
}

const provider: MigrationProvider = {
  async getMigrations() {
    const migrations: Record<string, Migration> = {}
    for (const name of await migrationNames()) {
      migrations[name] = (await import(join(folder, `${name}.ts`))) as Migration
    }
    return migrations
  },
}
