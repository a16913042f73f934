import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Kysely, sql } from 'kysely'
import { expect, test } from 'vitest'
import { migrateDown, migrateToLatest, pendingMigrations } from '../../server/db/engine/migrate.ts'
import type { DB } from '../../server/db/engine/schema.ts'
import { openTestDatabase } from '../support/rows.ts'

const names = readdirSync(join(import.meta.dirname, '../../migrations'))
  .map((file) => file.slice(0, -'.ts'.length))
  .sort()

/** Tables, columns, constraints, indexes, functions and triggers, as text. */
async function describeSchema(db: Kysely<DB>): Promise<string[]> {
  const { rows } = await sql<{ line: string }>`
    select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') as line
      from information_schema.columns where table_schema = 'public' and table_name not like 'kysely%'
    union all
    select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint
      where connamespace = 'public'::regnamespace and conrelid::regclass::text not like 'kysely%'
    union all select indexdef from pg_indexes where schemaname = 'public' and tablename not like 'kysely%'
    union all select pg_get_functiondef(pg_proc.oid) from pg_proc
      left join pg_depend on pg_depend.objid = pg_proc.oid and deptype = 'e'
      where pronamespace = 'public'::regnamespace and pg_depend.objid is null
    union all select pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
    union all select 'extension ' || extname from pg_extension
    order by 1`.execute(db)
  return rows.map((row) => row.line)
}

test('migrations go all the way down, leave nothing behind, and go up again to the same schema', async () => {
  const { db } = await openTestDatabase()
  const first = await describeSchema(db)
  expect(await pendingMigrations(db)).toEqual([])
  expect(await migrateToLatest(db)).toEqual([])

  for (const name of names.toReversed()) expect(await migrateDown(db)).toBe(name)
  expect(await migrateDown(db)).toBeUndefined()
  expect(await describeSchema(db)).toEqual(['extension plpgsql'])
  expect(await pendingMigrations(db)).toEqual(names)

  expect(await migrateToLatest(db)).toEqual(names)
  expect(await describeSchema(db)).toEqual(first)
})
