import { type Kysely, sql } from 'kysely'

/** What an owner wants to be told of, when a mail sums up what waits for them, and how long their mail is kept. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table settings
      add column muted_notifications text[] not null default '{}',
      add column digest_hour integer check (digest_hour between 0 and 23),
      add column digest_due_at timestamptz(3),
      add column retention_days integer check (retention_days between 7 and 3650),
      add column retention_due_at timestamptz(3)`.execute(db)
  await sql`create index settings_digest_due on settings (digest_due_at) where digest_due_at is not null`.execute(db)
  await sql`create index settings_retention_due on settings (retention_due_at) where retention_due_at is not null`.execute(
    db,
  )
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table settings drop column muted_notifications, drop column digest_hour, drop column digest_due_at,
      drop column retention_days, drop column retention_due_at`.execute(db)
}
