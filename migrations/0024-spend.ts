import { type Kysely, sql } from 'kysely'

/** What the model has cost, and may yet cost by calls under way: each owner's day, each mail's, and the system's. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table settings
      add column daily_model_budget double precision not null default 5,
      add column daily_token_budget integer not null default 20000000`.execute(db)
  // The day is that of UTC; money is US dollars.
  const amounts = sql`
    reserved_cost numeric not null default 0,
    settled_cost numeric not null default 0,
    reserved_tokens bigint not null default 0,
    settled_tokens bigint not null default 0`
  await sql`
    create table spend (
      user_id uuid not null references users on delete cascade,
      day date not null,
      ${amounts},
      told_at timestamptz(3),
      primary key (user_id, day)
    )`.execute(db)
  await sql`
    create table mail_spend (
      user_id uuid not null,
      email_id uuid not null,
      day date not null,
      ${amounts},
      primary key (user_id, email_id, day),
      foreign key (user_id, email_id) references emails (user_id, id) on delete cascade
    )`.execute(db)
  // All owners together, hence nobody's.
  await sql`create table system_spend (day date primary key, ${amounts})`.execute(db)
  // One a call under way. The mail is named only to find its day again: it may be gone by then.
  await sql`
    create table spend_reservations (
      user_id uuid not null references users on delete cascade,
      id uuid not null,
      day date not null,
      email_id uuid,
      cost numeric not null,
      tokens bigint not null,
      lapses_at timestamptz(3) not null,
      primary key (user_id, id)
    )`.execute(db)
  await sql`create index spend_reservations_lapsed on spend_reservations (lapses_at)`.execute(db)
  // From when on a run's waiting counts against it, where that is later than its creation.
  await sql`alter table traces add column waits_from timestamptz(3)`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table traces drop column waits_from`.execute(db)
  await sql`drop table spend_reservations, system_spend, mail_spend, spend`.execute(db)
  await sql`alter table settings drop column daily_model_budget, drop column daily_token_budget`.execute(db)
}
