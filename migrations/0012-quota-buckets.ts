import { type Kysely, sql } from 'kysely'

/** Asked by the mailbox alone: up to which moment its quota is handed out. A row in the past equals none. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table quota_buckets (
      mailbox_id uuid primary key,
      reserved_until timestamptz(3) not null
    )`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table quota_buckets`.execute(db)
}
