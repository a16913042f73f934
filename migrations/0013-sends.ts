import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table outbox
      add column origin text not null default 'owner' check (origin in ('owner', 'agent')),
      add column retry_at timestamptz(3),
      add column tried_at timestamptz(3),
      add column reasons text[] not null default '{}'`.execute(db)
  // For the rows that were there; every new one says who wanted it.
  await sql`alter table outbox alter column origin drop default`.execute(db)
  await sql`drop index outbox_due`.execute(db)
  await sql`
    create index outbox_due on outbox (tried_at nulls first, not_before)
    where state in ('READY', 'SENDING', 'UNKNOWN')`.execute(db)
  await sql`create index outbox_email on outbox (user_id, email_id)`.execute(db)
  await sql`create index outbox_automatic on outbox (user_id, sending_since) where origin = 'agent'`.execute(db)

  await sql`
    alter table settings
      add column sending_paused boolean not null default false,
      add column daily_send_cap integer not null default 20,
      add column hourly_send_cap integer not null default 10,
      add column correspondent_daily_cap integer not null default 3,
      add column quiet_hours jsonb,
      add column allowed_correspondents text[] not null default '{}',
      add column denied_correspondents text[] not null default '{}',
      add column minimum_earlier_messages integer not null default 2 check (minimum_earlier_messages >= 1),
      add column minimum_confidence double precision not null default 0.9`.execute(db)
  await sql`alter table mailboxes add column drafts_swept_at timestamptz(3)`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table mailboxes drop column drafts_swept_at`.execute(db)
  await sql`
    alter table settings
      drop column sending_paused,
      drop column daily_send_cap,
      drop column hourly_send_cap,
      drop column correspondent_daily_cap,
      drop column quiet_hours,
      drop column allowed_correspondents,
      drop column denied_correspondents,
      drop column minimum_earlier_messages,
      drop column minimum_confidence`.execute(db)
  await sql`drop index outbox_automatic, outbox_email, outbox_due`.execute(db)
  await sql`
    alter table outbox drop column origin, drop column retry_at, drop column tried_at, drop column reasons`.execute(db)
  await sql`create index outbox_due on outbox (not_before) where state in ('READY', 'SENDING')`.execute(db)
}
