import { type Kysely, sql } from 'kysely'

const punctuation = `!"#$%&''()*+,-./:;<=>?@[\\]^_\`{|}~`

const words = (expression: string) => sql.raw(`translate(${expression}, '${punctuation}', repeat(' ', 32))`)

/**
 * The application says by which words a mail is found. The column keeps its values, so that nothing is rewritten under
 * the lock and old mail stays found by its old words; a job brings it up to date in small batches.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table emails alter column search drop expression`.execute(db)
  // Owners whose mail has words of the old kind, and how far the job has come, in the order of the primary key.
  await sql`
    create table search_refills (
      user_id uuid primary key references users (id) on delete cascade,
      after_id uuid
    )`.execute(db)
  await sql`insert into search_refills (user_id) select id from users`.execute(db)
  // Processes of the version before store mail without words until the last of them has stopped.
  await sql`
    create function refill_search() returns trigger language plpgsql as $$
    begin
      insert into search_refills (user_id) values (new.user_id)
      on conflict (user_id) do update set after_id = null;
      return null;
    end $$`.execute(db)
  await sql`
    create trigger refill_search after insert on emails for each row when (new.search is null)
      execute function refill_search()`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop trigger refill_search on emails`.execute(db)
  await sql`drop function refill_search()`.execute(db)
  await sql`drop table search_refills`.execute(db)
  await sql`alter table emails drop column search`.execute(db)
  await sql`
    alter table emails add column search tsvector generated always as (
      setweight(to_tsvector('simple', ${words('left(subject, 1000)')}), 'A')
      || setweight(to_tsvector('simple', ${words("left(from_name || ' ' || from_address, 1000)")}), 'B')
      || setweight(to_tsvector('simple', ${words('left(text, 100000)')}), 'C')
    ) stored`.execute(db)
  await sql`create index emails_search on emails using gin (user_id, search)`.execute(db)
}
