import { type Kysely, sql } from 'kysely'

/** What reading a mail found out beside its text: oddities, an invitation, a delivery report, how parts are shown. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table emails
      add column flags text[] not null default '{}',
      add column calendar jsonb,
      add column report jsonb`.execute(db)
  await sql`
    alter table attachments
      add column is_inline boolean not null default false,
      add column content_id text`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table attachments drop column content_id, drop column is_inline`.execute(db)
  await sql`alter table emails drop column report, drop column calendar, drop column flags`.execute(db)
}
