import { type Kysely, sql } from 'kysely'

/** From where a session was begun and when it was used last, for its owner to know it by. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table sessions
      add column device text,
      add column network text,
      add column last_used_at timestamptz(3)`.execute(db)
  await sql`create index sessions_newest on sessions (user_id, created_at desc, id desc) where ended_at is null`.execute(
    db,
  )
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index sessions_newest`.execute(db)
  await sql`alter table sessions drop column device, drop column network, drop column last_used_at`.execute(db)
}
