import { type Kysely, sql } from 'kysely'

/** What a draft is: a template the owner has approved, or free text; and which of them may go out unread. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table drafts
      add column template_id uuid,
      add column template_version integer,
      add check ((template_id is null) = (template_version is null))`.execute(db)
  await sql`
    alter table settings
      add column template_replies boolean not null default true,
      add column free_text_replies boolean not null default false`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table settings drop column template_replies, drop column free_text_replies`.execute(db)
  await sql`alter table drafts drop column template_id, drop column template_version`.execute(db)
}
