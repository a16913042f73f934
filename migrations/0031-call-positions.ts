import { type Kysely, sql } from 'kysely'

const calls = ['model_calls', 'tool_executions']

/** The calls of one step are told in the order they were made: they share the moment of their step. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of calls) {
    await sql`alter table ${sql.table(table)} add column position integer not null default 0`.execute(db)
  }
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const table of calls) await sql`alter table ${sql.table(table)} drop column position`.execute(db)
}
