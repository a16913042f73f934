import { type Kysely, sql } from 'kysely'

/** What happened in a month is found without reading an owner's years. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index agent_steps_newest on agent_steps (user_id, started_at)`.execute(db)
  await sql`create index tool_executions_newest on tool_executions (user_id, created_at)`.execute(db)
  await sql`create index model_calls_newest on model_calls (user_id, created_at)`.execute(db)
  await sql`create index outbox_newest on outbox (user_id, created_at)`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index outbox_newest, model_calls_newest, tool_executions_newest, agent_steps_newest`.execute(db)
}
