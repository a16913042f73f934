import { type Kysely, sql } from 'kysely'

const events = sql`after insert or delete or update of status, intent on emails`

/**
 * The counters of a mailbox move as the last thing of a transaction. Moved at once, they were locked before the next
 * mail was: a sync that stored mail and then closed a draft waited for an approval that waited for the counters.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`drop trigger count_email on emails`.execute(db)
  await sql`
    create constraint trigger count_email ${events} deferrable initially deferred
    for each row execute function count_email()`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop trigger count_email on emails`.execute(db)
  await sql`create trigger count_email ${events} for each row execute function count_email()`.execute(db)
}
