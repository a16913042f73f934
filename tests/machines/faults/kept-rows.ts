import { type Kysely, sql } from 'kysely'
import type { DB } from '../../../server/db/engine/schema.ts'

/**
 * What it answers puts every row of ours and of the queue back to how it is now, as often as wanted. `schema` is a name
 * for the place where they are kept.
 */
export async function keepRows(db: Kysely<DB>, schema: string): Promise<() => Promise<void>> {
  const tables = await tablesToKeep(db)
  const kept = (name: string) => `${schema}.${name.replace('.', '_')}`
  const statements = [
    `create schema ${schema}`,
    ...tables.map(({ name }) => `create table ${kept(name)} as table ${name}`),
    // A function's statements are planned once. Counters and references are among the rows: no trigger is wanted.
    `create function ${schema}.put_back() returns void language plpgsql set session_replication_role = replica as $$ begin
      ${tables.map(({ name }) => `delete from ${name};`).join('\n')}
      ${tables.map(({ name, columns }) => insertAll(name, columns, kept(name))).join('\n')}
    end $$`,
  ]
  for (const statement of statements) await sql.raw(statement).execute(db)
  return async () => {
    await sql`select ${sql.ref(schema)}.put_back()`.execute(db)
  }
}

/** Generated columns make themselves. */
async function tablesToKeep(db: Kysely<DB>) {
  const { rows } = await sql<{ name: string; columns: string }>`
    select table_schema || '.' || table_name as name,
      string_agg(quote_ident(column_name), ', ') filter (where is_generated = 'NEVER') as columns
    from information_schema.columns
    where (table_schema = 'public' and table_name not like 'kysely%')
      or (table_schema, table_name) = ('pgboss', 'job')
    group by 1`.execute(db)
  return rows
}

function insertAll(name: string, columns: string, from: string): string {
  return `insert into ${name} (${columns}) overriding system value select ${columns} from ${from};`
}
