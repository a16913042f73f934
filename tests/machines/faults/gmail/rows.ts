import { sql } from 'kysely'
import type { GmailScene } from './scenes.ts'

/** Runs, sends, messages and jobs that somebody must still see to, in words. */
export async function unfinished({ app }: GmailScene): Promise<string[]> {
  const { rows } = await sql<{ what: string }>`
    select 'a run is left over' as what from traces where status in ('queued', 'running')
    union all select 'a send is left in ' || state from outbox where state in ('READY', 'SENDING', 'UNKNOWN')
    union all select 'a mail is ' || status from emails where status in ('processing', 'approved')
    union all select 'a draft is ' || status from drafts where status in ('approved', 'sending', 'unknown')
    union all select 'a message is still to be read' from quarantined_messages
    union all select 'a mail that is gone is left over' from emails where gone_at is not null
    union all select 'a listing is left over' from resync_listings
    union all select 'a lease is left over' from mailboxes where lease_until is not null
    union all select 'the job ' || name || ' waits' from pgboss.job
      where state in ('created', 'retry', 'active') and name <> 'dead-letter'`.execute(app.db)
  return rows.map(({ what }) => what)
}

/** How long until the next moment that something waits for, in ms; null when nothing does. */
export async function untilNextMs({ app }: GmailScene): Promise<number | null> {
  const now = app.clock.now().toISOString()
  const { rows } = await sql<{ ms: number | null }>`
    select (extract(epoch from min(wait)) * 1000)::float8 as ms from (
      select start_after - now() as wait from pgboss.job where state in ('created', 'retry') and name <> 'dead-letter'
      union all select retry_at - ${now}::timestamptz from mailboxes where status = 'active'
      union all select watch_retry_at - ${now}::timestamptz from mailboxes where status = 'active'
      union all select retry_at - ${now}::timestamptz from outbox where state in ('READY', 'SENDING', 'UNKNOWN')
      union all select retry_at - ${now}::timestamptz from quarantined_messages
    ) as waits`.execute(app.db)
  return rows[0]?.ms ?? null
}

/** How long until the workflow's job is tried again, in ms; null when it is over or put off. */
export async function untilNextTryMs({ app, workflow }: GmailScene): Promise<number | null> {
  const { rows } = await sql<{ ms: number }>`
    select (extract(epoch from start_after - now()) * 1000)::float8 as ms from pgboss.job
    where name = ${workflow.job} and state = 'retry'`.execute(app.db)
  return rows[0]?.ms ?? null
}

export function mailboxRow({ app, mailboxId }: GmailScene) {
  return app.db
    .selectFrom('mailboxes')
    .where('id', '=', mailboxId)
    .select([
      'status',
      'historyId',
      'lastError',
      'lastSyncAt',
      'watchExpiresAt',
      'watchRetryAt',
      'retryAt',
      'leaseUntil',
    ])
    .executeTakeFirstOrThrow()
}

/** The newest send, with its draft and mail as their owner sees them. */
export function newestSend({ app }: GmailScene) {
  return app.db
    .selectFrom('outbox')
    .innerJoin('drafts', 'drafts.id', 'outbox.draftId')
    .innerJoin('emails', 'emails.id', 'outbox.emailId')
    .select(['outbox.id', 'outbox.state', 'outbox.draftId', 'outbox.reasons'])
    .select([
      'drafts.status as draft',
      'emails.status as mail',
      'emails.reasons as mailReasons',
      'emails.id as emailId',
    ])
    .orderBy('outbox.createdAt', 'desc')
    .executeTakeFirst()
}

/** The newest mail, and what became of it. */
export function newestMail({ app }: GmailScene) {
  return app.db
    .selectFrom('emails')
    .leftJoin('drafts', 'drafts.emailId', 'emails.id')
    .select(['emails.status', 'emails.reasons', 'drafts.status as draft'])
    .orderBy('emails.receivedAt', 'desc')
    .executeTakeFirstOrThrow()
}

/** Whether Gmail shows it among the sent mail. */
export async function isDelivered({ app, owner }: GmailScene, outboxId: string): Promise<boolean> {
  const messages = await app.google.messages(owner.email)
  return messages.some(({ labelIds, raw }) => labelIds.includes('SENT') && raw.toString().includes(outboxId))
}

export async function notificationsOf({ app }: GmailScene): Promise<string[]> {
  const rows = await app.db.selectFrom('notifications').select('kind').orderBy('id').execute()
  return rows.map(({ kind }) => kind)
}
