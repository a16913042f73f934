import { type Kysely, sql } from 'kysely'

/** Which Google accounts their owner signs in with: connecting a mailbox alone lets nobody in. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table google_identities add column login_since timestamptz(3)`.execute(db)
  await sql`create index google_identities_user on google_identities (user_id)`.execute(db)
  await sql`alter table oauth_states drop constraint oauth_states_purpose_check`.execute(db)
  await sql`
    alter table oauth_states
      add constraint oauth_states_purpose_check check (purpose in ('connect', 'login', 'link'))`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`delete from oauth_states where purpose = 'link'`.execute(db)
  await sql`alter table oauth_states drop constraint oauth_states_purpose_check`.execute(db)
  await sql`
    alter table oauth_states
      add constraint oauth_states_purpose_check check (purpose in ('connect', 'login'))`.execute(db)
  await sql`alter table google_identities drop column login_since`.execute(db)
  await sql`drop index google_identities_user`.execute(db)
}
