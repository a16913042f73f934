import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  // A watch that could not be renewed is not asked for again before this instant.
  await sql`alter table mailboxes add column watch_retry_at timestamptz(3)`.execute(db)
  await sql`create index mailboxes_watch on mailboxes (watch_expires_at) where status = 'active'`.execute(db)
  // A push names its mailbox by address alone, before any owner is known.
  await sql`create index google_identities_address on google_identities (address)`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index google_identities_address, mailboxes_watch`.execute(db)
  await sql`alter table mailboxes drop column watch_retry_at`.execute(db)
}
