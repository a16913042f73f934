import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table outbox (
      user_id uuid not null,
      id uuid not null,
      draft_id uuid not null,
      draft_version integer not null,
      email_id uuid not null,
      mailbox_id uuid not null,
      purpose text not null check (purpose in ('reply')),
      content_hash bytea not null,
      state text not null check (
        state in ('READY', 'SENDING', 'SENT', 'CANCELLED', 'REJECTED', 'UNKNOWN', 'NOT_SENT')
      ),
      not_before timestamptz(3) not null,
      epoch integer not null default 0,
      lease_until timestamptz(3),
      gmail_draft_id text,
      sending_since timestamptz(3),
      gmail_message_id text,
      error text,
      created_at timestamptz(3) not null,
      settled_at timestamptz(3),
      primary key (user_id, id),
      foreign key (user_id, draft_id, draft_version) references draft_versions (user_id, draft_id, version) on delete cascade,
      foreign key (user_id, email_id) references emails (user_id, id) on delete cascade,
      foreign key (user_id, mailbox_id) references mailboxes (user_id, id) on delete cascade
    )`.execute(db)
  // At most one live send a mail and purpose; a cancelled or refused one may be approved again.
  await sql`
    create unique index outbox_one_live on outbox (user_id, email_id, purpose)
    where state not in ('CANCELLED', 'REJECTED', 'NOT_SENT')`.execute(db)
  await sql`create index outbox_draft on outbox (user_id, draft_id, draft_version)`.execute(db)
  await sql`create index outbox_mailbox on outbox (user_id, mailbox_id)`.execute(db)
  await sql`create index outbox_due on outbox (not_before) where state in ('READY', 'SENDING')`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table outbox`.execute(db)
}
