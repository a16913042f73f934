import { type Kysely, sql } from 'kysely'

/** Ways to a new password that were sent by mail: each is good once, and only its hash is kept. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table password_resets (
      user_id uuid not null references users on delete cascade,
      id uuid not null,
      token_hash bytea not null,
      created_at timestamptz(3) not null,
      expires_at timestamptz(3) not null,
      used_at timestamptz(3),
      primary key (user_id, id),
      unique (user_id, token_hash)
    )`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table password_resets`.execute(db)
}
