import { type Kysely, sql } from 'kysely'
import type { DB } from '../../../server/db/schema.ts'

/** Everything that somebody still holds or that waits to go on, in words. At the end of a trial there is nothing. */
export async function liveRows(db: Kysely<DB>): Promise<string[]> {
  const { rows } = await sql<{ what: string }>`
    select 'run ' || status || ' ' || id as what from traces where status in ('queued', 'running')
    union all select 'send ' || state || ' ' || id from outbox where state in ('READY', 'SENDING')
    union all select 'mailbox leased ' || id from mailboxes where lease_until is not null and status = 'active'
    union all select 'mailbox to be tried again ' || id from mailboxes where retry_at is not null and status = 'active'
    union all select 'watch to be tried again ' || id from mailboxes where watch_retry_at is not null and status = 'active'
    union all select 'mail in quarantine ' || gmail_id from quarantined_messages where retry_at is not null
    union all select 'mail without a vector ' || email_id from vectors_due
    union all select 'money set aside ' || id from spend_reservations
    union all select 'job ' || name || ' ' || state || ' ' || id from pgboss.job
      where state in ('created', 'retry', 'active') and name <> 'dead-letter'`.execute(db)
  return rows.map(({ what }) => what)
}
