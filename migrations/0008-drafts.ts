import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table drafts (
      user_id uuid not null,
      id uuid not null,
      email_id uuid not null,
      trace_id uuid not null,
      status text not null check (
        status in ('pending', 'approved', 'sending', 'sent', 'unknown', 'rejected', 'superseded')
      ),
      version integer not null default 1,
      subject text not null,
      to_addresses jsonb not null,
      body text not null,
      confidence real not null,
      reasons text[] not null,
      open_questions jsonb not null,
      sources jsonb not null,
      reject_reason text,
      created_at timestamptz(3) not null,
      primary key (user_id, id),
      foreign key (user_id, email_id) references emails (user_id, id) on delete cascade,
      foreign key (user_id, trace_id) references traces (user_id, id) on delete cascade
    )`.execute(db)
  await sql`create index drafts_newest on drafts (user_id, created_at desc, id desc)`.execute(db)
  await sql`create index drafts_by_status on drafts (user_id, status, created_at desc, id desc)`.execute(db)
  await sql`create index drafts_email on drafts (user_id, email_id, created_at desc)`.execute(db)
  await sql`create index drafts_trace on drafts (user_id, trace_id)`.execute(db)
  await sql`
    create unique index drafts_one_open on drafts (user_id, email_id)
    where status in ('pending', 'approved', 'sending', 'unknown')`.execute(db)
  await sql`
    create table draft_versions (
      user_id uuid not null,
      draft_id uuid not null,
      version integer not null,
      author text not null check (author in ('agent', 'owner')),
      body text not null,
      content_hash bytea not null,
      created_at timestamptz(3) not null,
      primary key (user_id, draft_id, version),
      foreign key (user_id, draft_id) references drafts (user_id, id) on delete cascade
    )`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table draft_versions, drafts`.execute(db)
}
