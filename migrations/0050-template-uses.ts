import { type Kysely, sql } from 'kysely'

/** How often a template was used is counted without reading an owner's drafts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index drafts_template on drafts (user_id, template_id, created_at) where template_id is not null`.execute(
    db,
  )
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index drafts_template`.execute(db)
}
