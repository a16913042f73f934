import { type Kysely, type RawBuilder, sql } from 'kysely'
import { Intent, type MetricsIntents } from '../../../shared-types/index.ts'
import type { DB } from '../engine/schema.ts'
import { approvalRate, ofOwner, type Range, selectDecidedDrafts } from './figures.ts'

type Item = Omit<MetricsIntents['intents'][number], 'intent'>
type Sorted = Omit<MetricsIntents['classification'][number], 'from' | 'to'>
type Drafted = Omit<MetricsIntents['drafts'][number], 'from' | 'to'>

interface Row {
  /** Of an intent, or of a bucket. */
  readonly intents: Record<string, Item>
  readonly classification: Record<string, Sorted>
  readonly drafts: Record<string, Drafted>
}

/** In which tenth; numeric, or 0.9 as the column holds it would fall into the one below. */
const bucketOf = (confidence: RawBuilder<unknown>) => sql`least(floor((${confidence})::numeric * 10), 9)::integer`

/** What mail is about, how well that was recognised, and how far confidence can be trusted, in one statement. */
export async function getIntents(db: Kysely<DB>, userId: string, range: Range): Promise<MetricsIntents> {
  const { rows } = await sql<Row>`
    with received as materialized (
      select emails.intent, emails.confidence, correction.model_intent, correction.model_confidence,
        correction.intent <> correction.model_intent as is_corrected, correction.email_id is null as is_models
      from emails left join intent_corrections as correction
        on correction.user_id = emails.user_id and correction.email_id = emails.id
      where ${ofOwner(userId, 'emails.received_at', range)} and emails.direction = 'in'
    ), drafted as materialized (
      select decided.outcome, decided.confidence,
        (select intent from emails where emails.user_id = ${userId} and emails.id = decided.email_id) as intent
      from (${selectDecidedDrafts(userId, range)}) as decided
    )
    select (${selectByIntent}) as intents, (${selectClassification}) as classification, (${selectDrafts}) as drafts`.execute(
    db,
  )
  const [row] = rows
  if (!row) throw new Error('sums are always there')
  return {
    ...range,
    intents: Intent.options.map((intent) => ({ intent, ...(row.intents[intent] ?? noMail) })),
    classification: buckets.map((bucket, n) => ({ ...bucket, ...(row.classification[n] ?? noneSorted) })),
    drafts: buckets.map((bucket, n) => ({ ...bucket, ...(row.drafts[n] ?? noneDrafted) })),
  }
}

const buckets = Array.from({ length: 10 }, (_, n) => ({ from: n / 10, to: (n + 1) / 10 }))
const noMail: Item = { mails: 0, drafts: 0, approvalRate: null, correctedFrom: 0, correctedTo: 0 }
const noneSorted: Sorted = { mails: 0, corrected: 0 }
const noneDrafted: Drafted = { approvedUnchanged: 0, approvedEdited: 0, rejected: 0 }

/** Rows of a key and its figures, as one object. */
const asObject = (rows: RawBuilder<unknown>) => sql`
  select coalesce(jsonb_object_agg(key, figures), '{}') from (${rows}) as rows where key is not null`

const selectByIntent = asObject(sql`
  select key, jsonb_build_object('mails', sum(mails), 'drafts', sum(drafts), 'approvalRate', max(approval_rate),
    'correctedFrom', sum(corrected_from), 'correctedTo', sum(corrected_to)) as figures
  from (
    select intent as key, count(*) as mails, 0 as drafts, null::double precision as approval_rate, 0 as corrected_from,
      count(*) filter (where is_corrected) as corrected_to
    from received group by intent
    union all
    select model_intent, 0, 0, null, count(*), 0 from received where is_corrected group by model_intent
    union all
    select intent, 0, count(*), ${approvalRate}, 0, 0 from drafted group by intent
  ) as parts
  group by key`)

/** What the model said before the owner did; nothing where it had not yet. */
const modelsConfidence = sql`case when is_models then confidence else model_confidence end`

const selectClassification = asObject(sql`
  select ${bucketOf(modelsConfidence)} as key,
    jsonb_build_object('mails', count(*), 'corrected', count(*) filter (where is_corrected)) as figures
  from received where intent is not null group by 1`)

const selectDrafts = asObject(sql`
  select ${bucketOf(sql`confidence`)} as key, jsonb_build_object(
    'approvedUnchanged', count(*) filter (where outcome = 'unchanged'),
    'approvedEdited', count(*) filter (where outcome = 'edited'),
    'rejected', count(*) filter (where outcome = 'rejected')) as figures
  from drafted group by 1`)
