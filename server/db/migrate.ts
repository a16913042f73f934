import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { Migrator, type Migration, type MigrationProvider } from 'kysely/migration'
import type { DB } from './schema.ts'

const folder = join(import.meta.dirname, '../../migrations')

/** Brings the schema up to date; answers the names of the migrations that ran. Any number of processes may call it at once. */
export async function migrateToLatest(db: Kysely<DB>): Promise<string[]> {
  const { error, results } = await migrator(db).migrateToLatest()
  if (error) throw error
  return (results ?? []).filter((result) => result.status === 'Success').map((result) => result.migrationName)
}

/** Undoes the newest migration; answers its name, or undefined when there is none. */
export async function migrateDown(db: Kysely<DB>): Promise<string | undefined> {
  const { error, results } = await migrator(db).migrateDown()
  if (error) throw error
  return results?.[0]?.migrationName
}

/** Names of migrations that have not run yet. */
export async function pendingMigrations(db: Kysely<DB>): Promise<string[]> {
  const migrations = await migrator(db).getMigrations()
  return migrations.filter((migration) => !migration.executedAt).map((migration) => migration.name)
}

function migrator(db: Kysely<DB>): Migrator {
  return new Migrator({ db: db.withoutPlugins(), provider })
}

const provider: MigrationProvider = {
  async getMigrations() {
    const migrations: Record<string, Migration> = {}
    for (const file of (await readdir(folder)).filter((name) => name.endsWith('.ts'))) {
      migrations[file.slice(0, -'.ts'.length)] = (await import(join(folder, file))) as Migration
    }
    return migrations
  },
}
