import { createHash } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import type { DB } from '../../server/db/engine/schema.ts'

/** Every table there is, ours and the queue's: one that is added is looked through as well. */
async function tablesOf(db: Kysely<DB>): Promise<{ schema: string; name: string; hasOwner: boolean }[]> {
  const { rows } = await sql<{ schema: string; name: string; hasOwner: boolean }>`
    select table_schema as schema, table_name as name, exists (
      select from information_schema.columns
      where columns.table_schema = tables.table_schema and columns.table_name = tables.table_name
        and column_name in ('user_id', 'group_id')
    ) as "has_owner"
    from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema in ('public', 'pgboss') order by 1, 2`.execute(db)
  return rows
}

/** By table: how many rows name one of these, in any column; and a hash of them. Tables without one are left out. */
export async function rowsNaming(db: Kysely<DB>, names: readonly string[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const { schema, name } of await tablesOf(db)) {
    const { rows } = await sql<{ text: string }>`
      select one::text as text from ${sql.table(`${schema}.${name}`)} as one
      where exists (select from unnest(${names}::text[]) as wanted where position(wanted in one::text) > 0)
      order by 1`.execute(db)
    if (rows.length === 0) continue
    const hash = createHash('sha256').update(JSON.stringify(rows)).digest('hex').slice(0, 12)
    found[`${schema}.${name}`] = `${rows.length} rows, ${hash}`
  }
  return found
}

/** The tables that carry an owner. */
export async function ownedTables(db: Kysely<DB>): Promise<string[]> {
  const tables = await tablesOf(db)
  return tables.filter(({ schema, hasOwner }) => hasOwner && schema === 'public').map(({ name }) => `public.${name}`)
}
