import { type Kysely, sql } from 'kysely'

/**
 * What an owner lets programs in with: of each only the hash is kept, and when it was used last. What a program writes into
 * a draft is its own.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table personal_tokens (
      user_id uuid not null references users on delete cascade,
      id uuid not null,
      token_hash bytea not null,
      name text not null,
      scopes text[] not null check (scopes <@ '{read,draft}' and cardinality(scopes) > 0),
      created_at timestamptz(3) not null,
      expires_at timestamptz(3) not null,
      last_used_at timestamptz(3),
      primary key (user_id, id),
      unique (user_id, token_hash)
    )`.execute(db)
  await sql`alter table draft_versions drop constraint draft_versions_author_check`.execute(db)
  await sql`
    alter table draft_versions
      add constraint draft_versions_author_check check (author in ('agent', 'owner', 'program'))`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table draft_versions drop constraint draft_versions_author_check`.execute(db)
  await sql`update draft_versions set author = 'owner' where author = 'program'`.execute(db)
  await sql`
    alter table draft_versions
      add constraint draft_versions_author_check check (author in ('agent', 'owner'))`.execute(db)
  await sql`drop table personal_tokens`.execute(db)
}
