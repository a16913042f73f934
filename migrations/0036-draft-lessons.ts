import { type Kysely, sql } from 'kysely'

/** What the owner changed in a draft, or why it was of no use: shown to the next run for that person or kind of mail. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table draft_lessons (
      user_id uuid not null,
      draft_id uuid not null,
      correspondent text not null,
      intent text not null,
      outcome text not null check (outcome in ('edited', 'not_usable')),
      fault text not null,
      removed jsonb not null,
      added jsonb not null,
      learned_at timestamptz(3) not null,
      primary key (user_id, draft_id),
      foreign key (user_id, draft_id) references drafts (user_id, id) on delete cascade
    )`.execute(db)
  await sql`create index draft_lessons_correspondent on draft_lessons (user_id, correspondent, learned_at desc)`.execute(
    db,
  )
  await sql`create index draft_lessons_intent on draft_lessons (user_id, intent, learned_at desc)`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table draft_lessons`.execute(db)
}
