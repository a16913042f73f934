import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table embeddings (
      user_id uuid not null,
      email_id uuid not null,
      model_id text not null,
      embedding halfvec(768) not null,
      created_at timestamptz(3) not null default now(),
      primary key (user_id, email_id, model_id),
      foreign key (user_id, email_id) references emails (user_id, id) on delete cascade
    )`.execute(db)
  // No HNSW index on purpose: exact search inside the owner has recall 1, a shared index walks other people's vectors.
  await sql`alter table embeddings alter column embedding set storage plain`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table embeddings`.execute(db)
}
