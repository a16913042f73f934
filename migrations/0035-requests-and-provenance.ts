import { type Kysely, sql } from 'kysely'

/** What the owner said when they asked for a run, and of each draft what its sentences stand on. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table traces add column request jsonb`.execute(db)
  await sql`alter table drafts add column sentences jsonb`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table drafts drop column sentences`.execute(db)
  await sql`alter table traces drop column request`.execute(db)
}
