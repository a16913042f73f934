import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { MetricsSummary, Reason } from '../../../shared-types/index.ts'
import type { DB } from '../engine/schema.ts'
import { approvalRate, ofOwner, percentilesOf, type Range, selectAnswers, selectDecidedDrafts } from './figures.ts'

type Row = Omit<MetricsSummary['drafts'], 'waiting'> &
  Omit<MetricsSummary['sends'], 'waiting'> &
  MetricsSummary['timeToApprove'] & {
    received: number
    answered: number
    byOwner: number
    byAgent: number
    draftsWaiting: number
    sendsWaiting: number
    approvalRate: number | null
    editDistance: number | null
    automaticShare: number | null
  }

/** What came, what was drafted, what the owner made of it and what went out, in one statement. */
export async function getSummary(db: Kysely<DB>, userId: string, range: Range): Promise<MetricsSummary> {
  const { rows } = await sql<Row>`
    with drafted as materialized (${selectDecidedDrafts(userId, range)})
    select * from
      (${selectMails(userId, range)}) as mails,
      (${selectDrafts}) as drafts,
      (${selectEditDistance(userId)}) as edits,
      (${selectSends(userId, range)}) as sends`.execute(db)
  const [row] = rows
  if (!row) throw new Error('sums are always there')
  const { received, answered, byOwner, byAgent, draftsWaiting, sendsWaiting } = row
  return {
    ...range,
    mails: {
      received,
      answered,
      decidedBy: { owner: byOwner, agent: byAgent, nobody: received - byOwner - byAgent },
    },
    drafts: {
      made: row.made,
      approvedUnchanged: row.approvedUnchanged,
      approvedEdited: row.approvedEdited,
      approvedAutomatically: row.approvedAutomatically,
      rejected: row.rejected,
      superseded: row.superseded,
      waiting: draftsWaiting,
    },
    approvalRate: row.approvalRate,
    editDistance: row.editDistance,
    timeToApprove: { count: row.count, p50: row.p50, p90: row.p90, p99: row.p99 },
    sends: {
      sent: row.sent,
      unknown: row.unknown,
      notSent: row.notSent,
      cancelled: row.cancelled,
      waiting: sendsWaiting,
    },
    automaticShare: row.automaticShare,
  }
}

function selectMails(userId: string, range: Range) {
  const has = (code: Reason['code']) => sql`coalesce(emails.reasons @> ${JSON.stringify([{ code }])}::jsonb, false)`
  const isOwners = sql`(${has('DISMISSED')} or ${has('ANSWERED_IN_GMAIL')})`
  return sql`
    select count(*) as received,
      count(*) filter (where status = 'sent') as answered,
      count(*) filter (where status = 'rejected' or (status = 'no_reply' and ${isOwners})
        or (status in ('approved', 'sent') and answer.origin = 'owner')) as by_owner,
      count(*) filter (where (status = 'no_reply' and not ${isOwners} and not ${has('ANSWERED_BY_OTHER')})
        or (status in ('approved', 'sent') and answer.origin = 'agent')) as by_agent
    from emails left join (${selectAnswers(userId, range)}) as answer on answer.email_id = emails.id
    where ${ofOwner(userId, 'emails.received_at', range)} and emails.direction = 'in'`
}

const ofOutcome = (outcome: string) => sql`count(*) filter (where outcome = ${outcome})`

const selectDrafts = sql`
  select count(*) as made, ${approvalRate} as approval_rate,
    ${ofOutcome('unchanged')} as approved_unchanged,
    ${ofOutcome('edited')} as approved_edited,
    ${ofOutcome('automatic')} as approved_automatically,
    ${ofOutcome('rejected')} as rejected,
    ${ofOutcome('superseded')} as superseded,
    ${ofOutcome('waiting')} as drafts_waiting,
    ${percentilesOf(sql`case when outcome in ('unchanged', 'edited')
      then (extract(epoch from approved_at - created_at) * 1000)::bigint end`)}
  from drafted`

/**
 * Of an edited draft: how often each word stands in the agent's version and in the approved one, and how often in both.
 */
function selectEditDistance(userId: string) {
  const bodyOf = (version: RawBuilder<unknown>) => sql`(
    select body from draft_versions
    where draft_versions.user_id = ${userId} and draft_id = drafted.id and draft_versions.version = ${version})`
  // Not by a pattern, which takes longer.
  const wordsOf = (version: RawBuilder<unknown>) =>
    sql`string_to_table(translate(lower(${bodyOf(version)}), E'\\n\\r\\t', '   '), ' ')`
  // A draft at a time: all words of all drafts sorted at once take longer.
  return sql`
    select round(avg(changed)::numeric, 4)::double precision as edit_distance from (
      select (
        select 1 - 2 * sum(least(before, after))::double precision / nullif(sum(before + after), 0) from (
          select word, count(*) filter (where is_before) as before, count(*) filter (where not is_before) as after
          from (
            select true as is_before, ${wordsOf(sql`1`)} as word
            union all
            select false, ${wordsOf(sql`drafted.version`)}
          ) as words
          where word <> ''
          group by word
        ) as counted
      ) as changed
      from drafted where outcome = 'edited'
    ) as edited`
}

function selectSends(userId: string, range: Range) {
  return sql`
    select count(*) filter (where state = 'SENT') as sent,
      count(*) filter (where state = 'UNKNOWN') as unknown,
      count(*) filter (where state in ('REJECTED', 'NOT_SENT')) as not_sent,
      count(*) filter (where state = 'CANCELLED') as cancelled,
      count(*) filter (where state in ('READY', 'SENDING')) as sends_waiting,
      avg((origin = 'agent')::integer) filter (where state = 'SENT')::double precision as automatic_share
    from outbox where ${ofOwner(userId, 'outbox.created_at', range)}`
}
