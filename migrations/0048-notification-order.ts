import { type Kysely, sql } from 'kysely'

/**
 * Who reads an owner's notifications by their ids must miss none, and the ids of a sequence are drawn in another order
 * than transactions commit in. So each gets its id anew as the last thing before its commit, under a lock of its owner
 * that is held until the commit shows: no lower id ever appears behind a higher one. Whoever holds the lock is about to
 * end and waits for nothing else, so this adds no deadlock, wherever in its transaction the notification was written.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function order_notification() returns trigger language plpgsql as $$
    begin
      perform pg_advisory_xact_lock(hashtextextended('notifications of ' || new.user_id::text, 0));
      update notifications set id = default where user_id = new.user_id and id = new.id;
      return null;
    end $$`.execute(db)
  await sql`
    create constraint trigger order_notification after insert on notifications deferrable initially deferred
      for each row execute function order_notification()`.execute(db)
  await sql`create index notifications_unread on notifications (user_id, id) where read_at is null`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index notifications_unread`.execute(db)
  await sql`drop trigger order_notification on notifications`.execute(db)
  await sql`drop function order_notification`.execute(db)
}
