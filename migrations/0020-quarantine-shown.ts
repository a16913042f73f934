import { type Kysely, sql } from 'kysely'

/** What is known of a message that could not be read, for the list the owner sees. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table quarantined_messages
      add column subject text,
      add column from_name text,
      add column from_address text,
      add column received_at timestamptz(3)`.execute(db)
  await sql`
    create index quarantined_newest on quarantined_messages (user_id, created_at desc, id desc)`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index quarantined_newest`.execute(db)
  await sql`
    alter table quarantined_messages
      drop column received_at,
      drop column from_address,
      drop column from_name,
      drop column subject`.execute(db)
}
