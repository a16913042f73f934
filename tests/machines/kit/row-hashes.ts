import { type Kysely, sql } from 'kysely'
import { type DatabaseConfig, openDatabase } from '../../../server/db/engine/connection.ts'
import type { DB } from '../../../server/db/engine/schema.ts'

/** Every table that names an owner, now and in future. */
export async function ownedTables(db: Kysely<DB>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select c.table_name as name from information_schema.columns c
    join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and c.column_name = 'user_id' and t.table_type = 'BASE TABLE'
    order by 1`.execute(db)
  return rows.map(({ name }) => name)
}

/** A hash of all rows of one owner, by table. */
export async function hashRows(db: Kysely<DB>, userId: string): Promise<Record<string, string>> {
  const hash = (table: string, column: string) => sql`
    select ${sql.lit(table)} as name, md5(coalesce(string_agg(t::text, ',' order by t::text), '')) as hash
    from ${sql.table(table)} t where ${sql.ref(column)} = ${userId}`
  const queries = [hash('users', 'id'), ...(await ownedTables(db)).map((name) => hash(name, 'user_id'))]
  const { rows } = await sql<{ name: string; hash: string }>`${sql.join(queries, sql` union all `)}`.execute(db)
  return Object.fromEntries(rows.map(({ name, hash }) => [name, hash]))
}

/** The same of a database that nobody has open. */
export async function hashRowsIn(config: DatabaseConfig, userId: string): Promise<Record<string, string>> {
  await using opened = await openDatabase(config, () => undefined)
  return await hashRows(opened.db, userId)
}
