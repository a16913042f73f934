import { type Kysely, sql } from 'kysely'

/** What tells of an outage, and what finds the work that one left undone. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Which outside services some process leaves alone, for the processes that do not ask them.
  await sql`
    create table circuit_pauses (
      vendor text primary key,
      since timestamptz(3) not null,
      until timestamptz(3) not null
    )`.execute(db)
  await sql`
    create index mailboxes_failing on mailboxes (user_id, id) where status = 'active' and failures >= 3`.execute(db)

  // Mail without a vector of the present model, and when it is looked for next. Beside the mail, not in it: a change of
  // its row writes all its indexes anew.
  await sql`
    create table vectors_due (
      user_id uuid not null,
      email_id uuid not null,
      due_at timestamptz(3) not null,
      tries integer not null default 0,
      primary key (user_id, email_id),
      foreign key (user_id, email_id) references emails (user_id, id) on delete cascade
    )`.execute(db)
  await sql`create index vectors_due_next on vectors_due (due_at)`.execute(db)
  // The job that comes with a new mail needs some minutes with all its tries.
  await sql`
    create function expect_vector() returns trigger language plpgsql as $$
    begin
      insert into vectors_due (user_id, email_id, due_at)
      values (new.user_id, new.id, now() + interval '10 minutes') on conflict do nothing;
      return null;
    end $$`.execute(db)
  await sql`
    create trigger expect_vector after insert on emails for each row execute function expect_vector()`.execute(db)
  // The model whose missing vectors are listed above; null: not looked at yet.
  await sql`alter table mailboxes add column vectors_model text`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table mailboxes drop column vectors_model`.execute(db)
  await sql`drop trigger expect_vector on emails`.execute(db)
  await sql`drop function expect_vector()`.execute(db)
  await sql`drop table vectors_due, circuit_pauses`.execute(db)
  await sql`drop index mailboxes_failing`.execute(db)
}
