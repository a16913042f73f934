import { type Kysely, sql } from 'kysely'

const statuses = ['pending', 'processing', 'no_reply', 'needs_review', 'approved', 'sent', 'rejected']
const intents = ['inquiry', 'meeting_request', 'complaint', 'follow_up', 'spam', 'other']
const columns = [...statuses.map((value) => ['status', value]), ...intents.map((value) => ['intent', value])]

/** Inbound mail by status and intent, one row a mailbox, moved by a trigger: no statement can forget it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const definitions = columns.map(([kind, value]) => `${kind}_${value} integer not null default 0`).join(',\n')
  await sql`
    create table mailbox_counters (
      user_id uuid not null,
      mailbox_id uuid not null,
      ${sql.raw(definitions)},
      primary key (user_id, mailbox_id),
      foreign key (user_id, mailbox_id) references mailboxes (user_id, id) on delete cascade
    )`.execute(db)

  const moves = columns.map(
    ([kind, value]) =>
      `${kind}_${value} = ${kind}_${value}
        + coalesce((new.${kind} = '${value}')::integer, 0) - coalesce((old.${kind} = '${value}')::integer, 0)`,
  )
  await sql`
    create function count_email() returns trigger language plpgsql as $$
    begin
      if coalesce(new.direction, old.direction) = 'out' then return null; end if;
      if tg_op = 'INSERT' then
        insert into mailbox_counters (user_id, mailbox_id) values (new.user_id, new.mailbox_id) on conflict do nothing;
      end if;
      update mailbox_counters set ${sql.raw(moves.join(',\n'))}
      where user_id = coalesce(new.user_id, old.user_id) and mailbox_id = coalesce(new.mailbox_id, old.mailbox_id);
      return null;
    end $$`.execute(db)
  await sql`
    create trigger count_email after insert or delete or update of status, intent on emails
    for each row execute function count_email()`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop trigger count_email on emails`.execute(db)
  await sql`drop function count_email()`.execute(db)
  await sql`drop table mailbox_counters`.execute(db)
}
