import { type Kysely, sql } from 'kysely'

/**
 * Grants that are to be ended at Google, each with its sealed refresh token until that is done. Without an owner on
 * purpose: it outlives the account.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table grant_revocations (
      id uuid primary key,
      google_subject text not null,
      refresh_token bytea not null,
      created_at timestamptz(3) not null,
      lease_until timestamptz(3),
      lease_holder uuid
    )`.execute(db)
  await sql`create index grant_revocations_subject on grant_revocations (google_subject)`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table grant_revocations`.execute(db)
}
