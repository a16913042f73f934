import { type Kysely, sql } from 'kysely'
import type { DB } from '../engine/schema.ts'

export interface Reservation {
  /** What these units take at the sustained rate. */
  readonly costSeconds: number
  /** How much may be handed out ahead of the sustained rate, as the time it takes at that rate. */
  readonly burstSeconds: number
  /** What would have to wait longer is not reserved. */
  readonly longestWaitSeconds: number
}

/**
 * Reserves units of a mailbox's quota ahead of time (generic cell rate algorithm, ITU-T I.371), on the database's clock
 * and in one statement, so that any number of processes share one bucket. Answers the seconds until they may be used;
 * with `isReserved` false nothing was taken, and that is when it is worth asking again.
 */
export async function reserveQuota(
  db: Kysely<DB>,
  mailboxId: string,
  { costSeconds, burstSeconds, longestWaitSeconds }: Reservation,
): Promise<{ isReserved: boolean; waitSeconds: number }> {
  const cost = seconds(costSeconds)
  const { rows } = await sql<{ isReserved: boolean; waitSeconds: number }>`
    with reserved as (
      insert into quota_buckets as bucket (mailbox_id, reserved_until) values (${mailboxId}, now() + ${cost})
      on conflict (mailbox_id) do update set reserved_until = greatest(bucket.reserved_until, now()) + ${cost}
      where greatest(bucket.reserved_until, now()) + ${cost} <= now() + ${seconds(burstSeconds + longestWaitSeconds)}
      returning reserved_until
    )
    select reserved.reserved_until is not null as is_reserved,
      greatest(0, extract(epoch from
        coalesce(reserved.reserved_until, greatest(bucket.reserved_until, now()) + ${cost}) - now()
      )::float8 - ${burstSeconds}::float8) as wait_seconds
    from (select) as one
      left join reserved on true
      left join quota_buckets as bucket on bucket.mailbox_id = ${mailboxId}`.execute(db)
  const [row] = rows
  if (!row) throw new Error('the quota gave no answer')
  return row
}

/** Leaves the bucket empty until then: nothing goes out before, and no burst afterwards. */
export async function emptyQuota(
  db: Kysely<DB>,
  mailboxId: string,
  { forSeconds, burstSeconds }: { forSeconds: number; burstSeconds: number },
): Promise<void> {
  await sql`
    insert into quota_buckets as bucket (mailbox_id, reserved_until)
    values (${mailboxId}, now() + ${seconds(forSeconds + burstSeconds)})
    on conflict (mailbox_id) do update
    set reserved_until = greatest(bucket.reserved_until, excluded.reserved_until)`.execute(db)
}

/** Buckets that are full again: none is as good. */
export async function deleteFullQuotas(db: Kysely<DB>): Promise<void> {
  await sql`delete from quota_buckets where reserved_until < now() - interval '1 hour'`.execute(db)
}

function seconds(count: number) {
  return sql`make_interval(secs => ${count}::float8)`
}

/** Counters whose window is over. */
export async function deleteExpiredCounters(db: Kysely<DB>, now: Date) {
  await db.deleteFrom('rateLimits').where('expire', '<', now.getTime()).execute()
}

/** All counters with this part in their keys, such as `login:pair:<account>:<network>`. */
export async function deleteCountersOf(trx: Kysely<DB>, part: string): Promise<void> {
  await sql`delete from rate_limits where ${part}::text = any(string_to_array(key, ':'))`.execute(trx)
}
