import { type Kysely, sql } from 'kysely'

/**
 * An account that is being deleted has a deletion, by which its job finds it; of one that is gone a tombstone of that
 * id stays, which names nobody. The audit log needs no way of its own: its trigger lets entries go with their owner.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table users add column deletion_id uuid`.execute(db)
  await sql`create unique index users_deletion on users (deletion_id) where deletion_id is not null`.execute(db)
  await sql`create table account_tombstones (id uuid primary key, deleted_at timestamptz(3) not null)`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table account_tombstones`.execute(db)
  await sql`drop index users_deletion`.execute(db)
  await sql`alter table users drop column deletion_id`.execute(db)
}
