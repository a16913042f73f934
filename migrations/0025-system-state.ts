import { type Kysely, sql } from 'kysely'

/** What the operator has set for all owners, a row each. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table system_state (
      name text primary key,
      since timestamptz(3) not null
    )`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table system_state`.execute(db)
}
