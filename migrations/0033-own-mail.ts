import { type Kysely, sql } from 'kysely'

/** The newest mail that an owner wrote, as examples of how they write: among all mail it would be looked for far back. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index emails_own on emails (user_id, received_at desc) where direction = 'out'`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index emails_own`.execute(db)
}
