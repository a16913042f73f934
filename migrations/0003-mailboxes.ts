import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table mailboxes (
      user_id uuid not null references users on delete cascade,
      id uuid not null,
      google_subject text not null,
      address text not null,
      display_name text not null default '',
      scopes text[] not null,
      access_token bytea,
      refresh_token bytea,
      token_expires_at timestamptz(3),
      history_id numeric,
      watch_expires_at timestamptz(3),
      status text not null check (status in ('active', 'needs_reauth', 'disconnected')),
      last_sync_at timestamptz(3),
      last_error text,
      import_page_token text,
      import_after timestamptz(3),
      import_history_id numeric,
      import_done integer,
      import_estimated integer,
      lease_until timestamptz(3),
      lease_epoch integer not null default 0,
      created_at timestamptz(3) not null default now(),
      primary key (user_id, id),
      unique (user_id, google_subject)
    )`.execute(db)
  await sql`create index mailboxes_due on mailboxes (last_sync_at nulls first) where status = 'active'`.execute(db)
  await sql`
    create table google_identities (
      subject text primary key,
      address text not null,
      user_id uuid not null references users on delete cascade,
      mailbox_id uuid,
      foreign key (user_id, mailbox_id) references mailboxes (user_id, id) on delete cascade
    )`.execute(db)
  await sql`create index google_identities_mailbox on google_identities (user_id, mailbox_id)`.execute(db)
  await sql`
    create table oauth_states (
      state_hash bytea primary key,
      browser_hash bytea not null,
      purpose text not null check (purpose in ('connect', 'login')),
      user_id uuid references users on delete cascade,
      session_id uuid,
      nonce text not null,
      code_verifier text not null,
      return_to text,
      expires_at timestamptz(3) not null,
      foreign key (user_id, session_id) references sessions (user_id, id) on delete cascade
    )`.execute(db)
  await sql`create index oauth_states_session on oauth_states (user_id, session_id)`.execute(db)
  await sql`create index oauth_states_expiry on oauth_states (expires_at)`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table oauth_states, google_identities, mailboxes`.execute(db)
}
