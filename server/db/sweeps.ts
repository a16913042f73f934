import { type Kysely, sql } from 'kysely'
import type { DB } from './engine/schema.ts'

// The only queries that ask for no owner: they answer (userId, id) pairs, owners or deletions and nothing else, and only jobs and the rotation of keys call them.

/**
 * Active mailboxes whose last sync is older than their owner's sync frequency, or whose pause after a failure is over.
 * The longest untried come first and are noted as tried, so that none keeps others out.
 */
export function dueMailboxes(db: Kysely<DB>, now: string, limit: number) {
  return db
    .with('due', (due) =>
      due
        .selectFrom('mailboxes')
        .innerJoin('settings', 'settings.userId', 'mailboxes.userId')
        .where('mailboxes.status', '=', 'active')
        .where((eb) => eb.or([eb('leaseUntil', 'is', null), eb('leaseUntil', '<', now)]))
        .where((eb) =>
          eb.or([
            eb('retryAt', '<=', now),
            eb.and([
              eb('retryAt', 'is', null),
              eb.or([eb('lastSyncAt', 'is', null), eb('lastSyncAt', '<=', frequencyBefore(now))]),
            ]),
          ]),
        )
        .orderBy('lastTriedAt', (order) => order.asc().nullsFirst())
        .limit(limit)
        .select(['mailboxes.userId', 'mailboxes.id'])
        .forNoKeyUpdate('mailboxes')
        // One that is being worked on this very moment.
        .skipLocked(),
    )
    .updateTable('mailboxes')
    .from('due')
    .set({ lastTriedAt: now })
    .whereRef('mailboxes.userId', '=', 'due.userId')
    .whereRef('mailboxes.id', '=', 'due.id')
    .returning(['mailboxes.userId', 'mailboxes.id'])
    .execute()
}

function frequencyBefore(now: string) {
  return sql<string>`${now}::timestamptz - make_interval(mins => settings.sync_frequency_minutes)`
}

/** Mail that is gone in Gmail and was kept for a send that is settled by now. */
export function goneEmails(db: Kysely<DB>, limit: number) {
  return db
    .selectFrom('emails')
    .where('goneAt', 'is not', null)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('outbox')
            .whereRef('outbox.userId', '=', 'emails.userId')
            .whereRef('outbox.emailId', '=', 'emails.id')
            .where('outbox.state', 'in', ['SENDING', 'UNKNOWN'])
            .select(sql`1`.as('one')),
        ),
      ),
    )
    .orderBy('goneAt')
    .limit(limit)
    .select(['userId', 'id'])
    .execute()
}

/**
 * Sends to be worked on that nobody works on, those first that were not tried for longest, so that none waits for ever:
 * their worker died, the moment they wait for has come, or their job seems to be lost. A job that failed is retried by
 * itself, within 15 minutes.
 */
export function lapsedSends(db: Kysely<DB>, { now, before }: { now: string; before: string }, limit: number) {
  const longBefore = sql<string>`${before}::timestamptz - interval '15 minutes'`
  return db
    .selectFrom('outbox')
    .where('state', 'in', ['READY', 'SENDING', 'UNKNOWN'])
    .where('notBefore', '<=', before)
    .where((eb) =>
      eb.or([
        eb('leaseUntil', '<', now),
        eb.and([eb('leaseUntil', 'is', null), eb('retryAt', '<=', before)]),
        eb.and([
          eb('leaseUntil', 'is', null),
          eb('retryAt', 'is', null),
          eb('state', '<>', 'UNKNOWN'),
          eb.or([eb('triedAt', 'is', null), eb('triedAt', '<=', longBefore)]),
        ]),
      ]),
    )
    .orderBy('triedAt', (order) => order.asc().nullsFirst())
    .orderBy('notBefore')
    .limit(limit)
    .select(['userId', 'id'])
    .execute()
}

/** Active mailboxes that anything was sent from, and whose Gmail drafts were last looked through before `before`, or never. */
export function dueGmailDraftChecks(db: Kysely<DB>, before: string, limit: number) {
  return db
    .selectFrom('mailboxes')
    .where('status', '=', 'active')
    .where((eb) => eb.or([eb('draftsSweptAt', 'is', null), eb('draftsSweptAt', '<=', before)]))
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('outbox')
          .whereRef('outbox.userId', '=', 'mailboxes.userId')
          .whereRef('outbox.mailboxId', '=', 'mailboxes.id')
          .select(sql`1`.as('one')),
      ),
    )
    .orderBy('draftsSweptAt', (order) => order.asc().nullsFirst())
    .limit(limit)
    .select(['userId', 'id'])
    .execute()
}

/**
 * Runs whose worker died, and those that wait so long that their job may be lost. The longest forgotten come first and
 * are noted as swept, so that none keeps others out.
 */
export function lapsedRuns(db: Kysely<DB>, { now, before }: { now: string; before: string }, limit: number) {
  return db
    .with('lapsed', (lapsed) =>
      lapsed
        .selectFrom('traces')
        .where('status', 'in', ['queued', 'running'])
        .where((eb) =>
          eb.or([
            eb.and([eb('status', '=', 'running'), eb.or([eb('leaseUntil', 'is', null), eb('leaseUntil', '<', now)])]),
            eb.and([eb('status', '=', 'queued'), eb('createdAt', '<=', before)]),
          ]),
        )
        .orderBy('sweptAt', (order) => order.asc().nullsFirst())
        .orderBy('createdAt')
        .limit(limit)
        .select(['userId', 'id'])
        .forNoKeyUpdate()
        .skipLocked(),
    )
    .updateTable('traces')
    .from('lapsed')
    .set({ sweptAt: now })
    .whereRef('traces.userId', '=', 'lapsed.userId')
    .whereRef('traces.id', '=', 'lapsed.id')
    .returning(['traces.userId', 'traces.id'])
    .execute()
}

/** Batches that nobody has looked after since then, the longest forgotten first. To work on one notes it. */
export function lapsedBatches(db: Kysely<DB>, before: string, limit: number) {
  return db
    .selectFrom('batches')
    .where('status', '=', 'running')
    .where('workedAt', '<=', before)
    .orderBy('workedAt')
    .limit(limit)
    .select(['userId', 'id'])
    .execute()
}

/** Active mailboxes whose watch ends before `before`, or that have none; one that failed waits for its next try. */
export function dueWatches(db: Kysely<DB>, { now, before }: { now: string; before: string }, limit: number) {
  return db
    .selectFrom('mailboxes')
    .where('status', '=', 'active')
    .where((eb) => eb.or([eb('watchExpiresAt', 'is', null), eb('watchExpiresAt', '<', before)]))
    .where((eb) => eb.or([eb('watchRetryAt', 'is', null), eb('watchRetryAt', '<=', now)]))
    .orderBy('watchExpiresAt', (order) => order.asc().nullsFirst())
    .limit(limit)
    .select(['userId', 'id'])
    .execute()
}

/** Active mailboxes that are still watched, although the operator has switched push off. */
export function unwantedWatches(db: Kysely<DB>, limit: number) {
  return db
    .selectFrom('mailboxes')
    .where('status', '=', 'active')
    .where('watchExpiresAt', 'is not', null)
    .limit(limit)
    .select(['userId', 'id'])
    .execute()
}

/**
 * Mail whose vector is overdue, the longest waiting first. It is due again after ten minutes, then each time after
 * three times as long, up to a day.
 */
export async function dueVectors(db: Kysely<DB>, now: string, limit: number) {
  const { rows } = await sql<{ userId: string; id: string }>`
    with due as (
      select user_id, email_id from vectors_due where due_at <= ${now} order by due_at limit ${limit}
      for update skip locked
    )
    update vectors_due set tries = tries + 1,
      due_at = ${now}::timestamptz + least(interval '1 day', interval '10 minutes' * 3 ^ least(tries, 8))
    from due where vectors_due.user_id = due.user_id and vectors_due.email_id = due.email_id
    returning vectors_due.user_id, vectors_due.email_id as id`.execute(db)
  return rows
}

/** Mailboxes whose mail was not looked through for vectors of this model. */
export function unlistedVectors(db: Kysely<DB>, modelId: string, limit: number) {
  return db
    .selectFrom('mailboxes')
    .where('vectorsModel', 'is distinct from', modelId)
    .limit(limit)
    .select(['userId', 'id'])
    .execute()
}

/** Owners whose mail is found by words of the old kind, as before 0019. */
export function unfilledSearches(db: Kysely<DB>, limit: number) {
  return db.selectFrom('searchRefills').orderBy('userId').limit(limit).select('userId').execute()
}

/** Owners whose digest is due, locked: two sweeps make one of it. */
export function dueDigests(db: Kysely<DB>, now: string, limit: number) {
  return db
    .selectFrom('settings')
    .where('digestDueAt', '<=', now)
    .orderBy('digestDueAt')
    .limit(limit)
    .select('userId')
    .forNoKeyUpdate()
    .skipLocked()
    .execute()
}

/** Owners some of whose mail may have been kept for long enough. */
export function dueRetentions(db: Kysely<DB>, now: string, limit: number) {
  return db
    .selectFrom('settings')
    .where('retentionDueAt', '<=', now)
    .orderBy('retentionDueAt')
    .limit(limit)
    .select('userId')
    .execute()
}

/** Accounts that are being deleted, by their deletions. */
export function unfinishedDeletions(db: Kysely<DB>, limit: number) {
  return db
    .selectFrom('users')
    .where('deletionId', 'is not', null)
    .orderBy('deletionId')
    .limit(limit)
    .select('deletionId')
    .$narrowType<{ deletionId: string }>()
    .execute()
}

/** Reservations whose call was never settled: the process that made it died. */
export function lapsedReservations(db: Kysely<DB>, now: string, limit: number) {
  return db
    .selectFrom('spendReservations')
    .where('lapsesAt', '<', now)
    .orderBy('lapsesAt')
    .limit(limit)
    .select(['userId', 'id'])
    .execute()
}

/** Owners of a sealed key of HubSpot, behind this one. */
export async function ownersOfHubspotKeys(db: Kysely<DB>, after: string | null, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('hubspotKeys')
    .$if(after !== null, (query) => query.where('userId', '>', after ?? ''))
    .orderBy('userId')
    .limit(limit)
    .select('userId')
    .execute()
  return rows.map(({ userId }) => userId)
}

/** Mailboxes that hold sealed tokens, whatever their status, behind this one. */
export function mailboxesWithTokens(
  db: Kysely<DB>,
  after: { userId: string; mailboxId: string } | null,
  limit: number,
) {
  return db
    .selectFrom('mailboxes')
    .where((has) => has.or([has('accessToken', 'is not', null), has('refreshToken', 'is not', null)]))
    .$if(after !== null, (query) =>
      query.where(({ eb, refTuple, tuple }) =>
        eb(refTuple('userId', 'id'), '>', tuple(after?.userId ?? '', after?.mailboxId ?? '')),
      ),
    )
    .orderBy('userId')
    .orderBy('id')
    .limit(limit)
    .select(['userId', 'id as mailboxId'])
    .execute()
}
