import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table users (
      id uuid primary key,
      email text not null unique check (email = lower(email)),
      password_hash text,
      created_at timestamptz(3) not null default now()
    )`.execute(db)
  await sql`
    create table sessions (
      user_id uuid not null references users on delete cascade,
      id uuid not null,
      created_at timestamptz(3) not null,
      ended_at timestamptz(3),
      primary key (user_id, id)
    )`.execute(db)
  await sql`
    create table refresh_tokens (
      user_id uuid not null,
      id uuid not null,
      session_id uuid not null,
      parent_id uuid,
      token_hash bytea not null,
      created_at timestamptz(3) not null,
      expires_at timestamptz(3) not null,
      used_at timestamptz(3),
      primary key (user_id, id),
      unique (user_id, token_hash),
      foreign key (user_id, session_id) references sessions (user_id, id) on delete cascade,
      foreign key (user_id, parent_id) references refresh_tokens (user_id, id) on delete cascade
    )`.execute(db)
  await sql`create index refresh_tokens_session on refresh_tokens (user_id, session_id)`.execute(db)
  await sql`create index refresh_tokens_parent on refresh_tokens (user_id, parent_id)`.execute(db)
  // Owned by rate-limiter-flexible: these names are its own.
  await sql`create table rate_limits (key varchar(255) primary key, points integer not null default 0, expire bigint)`.execute(
    db,
  )
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table rate_limits, refresh_tokens, sessions, users`.execute(db)
}
