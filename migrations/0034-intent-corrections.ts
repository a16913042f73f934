import { type Kysely, sql } from 'kysely'

const intents = sql`('inquiry', 'meeting_request', 'complaint', 'follow_up', 'spam', 'other')`

/**
 * What the owner says a mail is, beside what the model had said; null where it had not yet. The mail itself knows that
 * its intent is its owner's, so that a run that ends meanwhile sees it in the row it writes.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table intent_corrections (
      user_id uuid not null,
      email_id uuid not null,
      model_intent text check (model_intent in ${intents}),
      model_confidence real,
      agent_version text not null,
      intent text not null check (intent in ${intents}),
      created_at timestamptz(3) not null,
      primary key (user_id, email_id),
      foreign key (user_id, email_id) references emails (user_id, id) on delete cascade
    )`.execute(db)
  await sql`create index intent_corrections_newest on intent_corrections (user_id, created_at)`.execute(db)
  await sql`alter table emails add column is_corrected boolean not null default false`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table emails drop column is_corrected`.execute(db)
  await sql`drop table intent_corrections`.execute(db)
}
