import { type Kysely, sql } from 'kysely'

/** What a draft answers beside the mail it belongs to: earlier mails of the same person that nobody has answered. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table draft_emails (
      user_id uuid not null,
      draft_id uuid not null,
      email_id uuid not null,
      primary key (user_id, draft_id, email_id),
      foreign key (user_id, draft_id) references drafts (user_id, id) on delete cascade,
      foreign key (user_id, email_id) references emails (user_id, id) on delete cascade
    )`.execute(db)
  await sql`create index draft_emails_email on draft_emails (user_id, email_id)`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table draft_emails`.execute(db)
}
