import { type Kysely, sql } from 'kysely'
import type { DB } from '../engine/schema.ts'

// Figures for the operator, over all owners.

/** Whether the database answers at all; throws when not. */
export async function ping(db: Kysely<DB>): Promise<void> {
  await sql`select 1`.execute(db)
}

/** So many syncs in a row must have failed; the index `mailboxes_failing` holds exactly these. */
const failuresInARow = sql.lit(3)

/** Active mailboxes whose syncs fail again and again, of how many. */
export async function countFailingMailboxes(db: Kysely<DB>): Promise<{ failing: number; active: number }> {
  const active = db.selectFrom('mailboxes').where('status', '=', 'active')
  const { count: failing } = await active
    .where('failures', '>=', failuresInARow)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  if (failing === 0) return { failing, active: 0 }
  const { count } = await active.select((eb) => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()
  return { failing, active: count }
}

/** How far the work of all owners is behind, and what the models have cost on this day (UTC) so far. */
export async function readFigures(db: Kysely<DB>, { now, day }: { now: string; day: string }) {
  const { rows } = await sql<{
    syncLagSeconds: number
    syncOverdueSeconds: number
    unknownSends: number
    ownersOutOfBudget: number
    spentToday: number
  }>`
    select * from
      (
        select coalesce(max(age), 0)::float8 as sync_lag_seconds,
          coalesce(greatest(max(age - 60 * sync_frequency_minutes), 0), 0)::float8 as sync_overdue_seconds
        from settings join (
          select user_id, extract(epoch from ${now}::timestamptz - coalesce(last_sync_at, created_at)) as age
          from mailboxes where status = 'active'
        ) as active using (user_id)
      ) as syncs,
      (select count(*)::integer as unknown_sends from outbox where state = 'UNKNOWN') as sends,
      (
        select count(*)::integer as owners_out_of_budget from settings
        where exists (
          select 1 from spend where spend.user_id = settings.user_id and day = ${day}::date and told_at is not null
        )
      ) as owners,
      (
        select coalesce(sum(settled_cost + reserved_cost), 0)::float8 as spent_today
        from system_spend where day = ${day}::date
      ) as everybody`.execute(db)
  const [figures] = rows
  if (!figures) throw new Error('the database answered no figures')
  return figures
}

export type MailboxState = Awaited<ReturnType<typeof mailboxStates>>[number]

/** How the reading of each mailbox goes, the worst first, for the operator's own eyes; nothing of its mail. */
export function mailboxStates(db: Kysely<DB>, limit: number) {
  return db
    .selectFrom('mailboxes')
    .innerJoin('settings', 'settings.userId', 'mailboxes.userId')
    .where('mailboxes.status', '<>', 'disconnected')
    .orderBy((eb) => eb('mailboxes.status', '=', 'active'))
    .orderBy('mailboxes.failures', 'desc')
    .orderBy('mailboxes.lastSyncAt', (order) => order.asc().nullsFirst())
    .limit(limit)
    .select([
      'mailboxes.address',
      'mailboxes.status',
      'mailboxes.scopes',
      'mailboxes.failures',
      'mailboxes.lastError',
      'mailboxes.lastSyncAt',
      'mailboxes.watchExpiresAt',
      'settings.syncFrequencyMinutes',
    ])
    .execute()
}
