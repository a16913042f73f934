import { type Kysely, sql } from 'kysely'
import type { DB } from './schema.ts'

// The only queries that ask for no owner: they answer (userId, id) pairs and nothing else, and only jobs call them.

/** Active mailboxes whose last sync is older than their owner's sync frequency. */
export function dueMailboxes(db: Kysely<DB>, now: string, limit: number) {
  return db
    .selectFrom('mailboxes')
    .innerJoin('settings', 'settings.userId', 'mailboxes.userId')
    .where('mailboxes.status', '=', 'active')
    .where((eb) => eb.or([eb('mailboxes.leaseUntil', 'is', null), eb('mailboxes.leaseUntil', '<', now)]))
    .where((eb) =>
      eb.or([
        eb('mailboxes.lastSyncAt', 'is', null),
        eb(
          'mailboxes.lastSyncAt',
          '<=',
          sql<string>`${now}::timestamptz - make_interval(mins => settings.sync_frequency_minutes)`,
        ),
      ]),
    )
    .orderBy('mailboxes.lastSyncAt', (order) => order.asc().nullsFirst())
    .limit(limit)
    .select(['mailboxes.userId', 'mailboxes.id'])
    .execute()
}

/** Sends that are due and that nobody works on: their job was lost, or its worker died. */
export function lapsedSends(db: Kysely<DB>, { now, before }: { now: string; before: string }, limit: number) {
  return db
    .selectFrom('outbox')
    .where('state', 'in', ['READY', 'SENDING'])
    .where('notBefore', '<=', before)
    .where((eb) => eb.or([eb('leaseUntil', 'is', null), eb('leaseUntil', '<', now)]))
    .orderBy('notBefore')
    .limit(limit)
    .select(['userId', 'id'])
    .execute()
}

/** Runs whose worker died, and those that wait so long that their job may be lost. */
export function lapsedTraces(db: Kysely<DB>, { now, before }: { now: string; before: string }, limit: number) {
  return db
    .selectFrom('traces')
    .where('status', 'in', ['queued', 'running'])
    .where((eb) =>
      eb.or([
        eb.and([eb('status', '=', 'running'), eb('leaseUntil', '<', now)]),
        eb.and([eb('status', '=', 'queued'), eb('createdAt', '<=', before)]),
      ]),
    )
    .orderBy('createdAt')
    .limit(limit)
    .select(['userId', 'id'])
    .execute()
}
