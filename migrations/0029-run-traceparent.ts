import { type Kysely, sql } from 'kysely'

/** What an approval days later names as its cause, where runs are traced: the W3C traceparent of the run. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table traces add column traceparent text`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table traces drop column traceparent`.execute(db)
}
