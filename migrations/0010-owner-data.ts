import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table settings (
      user_id uuid primary key references users on delete cascade,
      autonomy text not null default 'ask' check (autonomy in ('off', 'ask', 'auto')),
      undo_window_seconds integer not null default 30,
      sync_frequency_minutes integer not null default 5,
      classify_on_sync boolean not null default true,
      process_on_sync boolean not null default true,
      look_back_days integer not null default 30,
      working_days integer[] not null default '{1,2,3,4,5}',
      working_hours_start text not null default '09:00',
      working_hours_end text not null default '17:00',
      time_zone text not null default 'UTC',
      signature text not null default '',
      tone text not null default 'friendly' check (tone in ('friendly', 'neutral', 'formal')),
      languages text[] not null default '{en}',
      notes jsonb not null default '[]'
    )`.execute(db)
  await sql`
    create table contacts (
      user_id uuid not null references users on delete cascade,
      id uuid not null,
      address text not null,
      name text not null,
      company text,
      notes text,
      last_contacted_at timestamptz(3),
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      primary key (user_id, id),
      unique (user_id, address)
    )`.execute(db)
  await sql`
    create table templates (
      user_id uuid not null references users on delete cascade,
      id uuid not null,
      name text not null,
      intent text,
      language text,
      body text not null,
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      primary key (user_id, id),
      unique (user_id, name)
    )`.execute(db)
  await sql`
    create table notifications (
      user_id uuid not null references users on delete cascade,
      id bigint generated always as identity,
      kind text not null,
      payload jsonb not null,
      created_at timestamptz(3) not null,
      read_at timestamptz(3),
      primary key (user_id, id)
    )`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table notifications, templates, contacts, settings`.execute(db)
}
