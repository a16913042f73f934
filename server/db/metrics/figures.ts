import { type RawBuilder, sql } from 'kysely'
import type { Percentiles } from '../../../shared-types/index.ts'

/** From `from` up to, and without, `to`. */
export interface Range {
  readonly from: string
  readonly to: string
}

/** The owner's rows of that time; the column with its table. */
export function ofOwner(userId: string, column: string, { from, to }: Range): RawBuilder<boolean> {
  const at = sql.ref(column)
  const [table] = column.split('.')
  return sql`${sql.ref(`${table}.user_id`)} = ${userId} and ${at} >= ${from}::timestamptz and ${at} < ${to}::timestamptz`
}

/** Columns: how many there are of these milliseconds, and by the nearest rank p50, p90 and p99; null of none. */
export function percentilesOf(ms: RawBuilder<unknown>): RawBuilder<Percentiles> {
  const at = (share: number) => sql`percentile_disc(${share}::double precision) within group (order by ${ms})`
  return sql`count(${ms}) as count, ${at(0.5)} as p50, ${at(0.9)} as p90, ${at(0.99)} as p99`
}

/** A send that stands; a mail has one at most. */
const isLive = sql`send.state not in ('CANCELLED', 'REJECTED', 'NOT_SENT')`

/** Who approved the reply that stands, by the mails it answers. What came in the range was not answered before it. */
export function selectAnswers(userId: string, { from }: Range) {
  const sends = sql`send.user_id = ${userId} and send.created_at >= ${from}::timestamptz and ${isLive}`
  return sql`
    select email_id, max(origin) as origin from (
      select send.email_id, send.origin from outbox as send where ${sends}
      union all
      select also.email_id, send.origin from outbox as send
        join draft_emails as also on also.user_id = send.user_id and also.draft_id = send.draft_id
      where ${sends}
    ) as either
    group by email_id`
}

/**
 * Drafts made in that time: `id, version, email_id, confidence, created_at, approved_at, outcome`, the outcome being
 * `unchanged`, `edited`, `automatic`, `rejected`, `superseded` or `waiting`.
 */
export function selectDecidedDrafts(userId: string, range: Range) {
  const lesson = sql`(
    select lesson.outcome from draft_lessons as lesson
    where lesson.user_id = drafts.user_id and lesson.draft_id = drafts.id)`
  return sql`
    select drafts.id, drafts.version, drafts.email_id, drafts.confidence, drafts.created_at, send.created_at as approved_at,
      case
        when drafts.status = 'pending' then 'waiting'
        when drafts.status = 'rejected' then 'rejected'
        when drafts.status = 'superseded' and ${lesson} = 'not_usable' then 'rejected'
        when drafts.status = 'superseded' then 'superseded'
        when send.origin = 'agent' then 'automatic'
        when drafts.version = 1 then 'unchanged'
        else 'edited'
      end as outcome
    from drafts
    left join outbox as send on send.user_id = ${userId} and send.draft_id = drafts.id
      and send.created_at >= ${range.from}::timestamptz and ${isLive}
    where ${ofOwner(userId, 'drafts.created_at', range)}`
}

/** Of rows with such an outcome; null where the owner decided on none. */
export const approvalRate = sql<number | null>`
  count(*) filter (where outcome in ('unchanged', 'edited'))::double precision
  / nullif(count(*) filter (where outcome in ('unchanged', 'edited', 'rejected')), 0)`
