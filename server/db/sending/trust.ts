import { type Expression, type Kysely, sql } from 'kysely'
import { z } from 'zod'
import { type Intent, type ListTrustInput, SendableIntent, type TrustItem } from '../../../shared-types/index.ts'
import { storableText } from '../../../shared-types/text.ts'
import { parseCursorOf, toPage } from '../engine/page.ts'
import type { DB, TrustDecisions } from '../engine/schema.ts'

// Trust is earned an intent and a correspondent at a time, and a reply goes out unread only when both have earned it. What
// counts is the owner's yes to the agent's own words: version 1 of the first draft a mail had, so neither an edited one nor
// a second try after the owner said more. A draft counts once. An edit, a rejection, and an automatic reply taken back in
// its undo window undo all before them; a draft that was closed undecided says nothing, nor does what went out unread.

/** Older decisions count for nothing: in a quarter of a year people, and what they write about, change. */
const lastingMs = 90 * 86_400_000

type TakenBack = Exclude<TrustDecisions['outcome'], 'approved'>

/** Who reads and writes by now, and when that is. */
export interface Present {
  readonly now: Date
  readonly agentVersion: string
}

/** The owner has approved the draft, which counts if it is the agent's own and was not decided on before. */
export async function recordApproval(trx: Kysely<DB>, userId: string, draftId: string, decidedAt: string) {
  await trx
    .insertInto('trustDecisions')
    .columns(columns)
    .expression(
      decisionsOf(trx, userId, draftId, 'approved', decidedAt)
        .where('drafts.version', '=', 1)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('drafts as other')
                .whereRef('other.userId', '=', 'drafts.userId')
                .whereRef('other.emailId', '=', 'drafts.emailId')
                .whereRef('other.id', '<>', 'drafts.id')
                .select('other.id'),
            ),
          ),
        ),
    )
    .onConflict((oc) => oc.doNothing())
    .execute()
}

/** The owner was not content with the draft. */
export async function revokeTrust(
  trx: Kysely<DB>,
  userId: string,
  draftId: string,
  outcome: TakenBack,
  decidedAt: string,
) {
  await trx
    .insertInto('trustDecisions')
    .columns(columns)
    .expression(decisionsOf(trx, userId, draftId, outcome, decidedAt))
    .onConflict((oc) => oc.columns(['userId', 'draftId', 'kind']).doUpdateSet({ outcome, decidedAt }))
    .execute()
}

/** The owner has taken their own word back: as if it had never been. */
export async function deleteDecision(
  trx: Kysely<DB>,
  userId: string,
  draftId: string,
  outcome: 'approved' | 'rejected',
): Promise<void> {
  await trx
    .deleteFrom('trustDecisions')
    .where('userId', '=', userId)
    .where('draftId', '=', draftId)
    .where('outcome', '=', outcome)
    .execute()
}

export async function isRejectedSince(db: Kysely<DB>, userId: string, draftId: string, since: string) {
  const decision = await db
    .selectFrom('trustDecisions')
    .where('userId', '=', userId)
    .where('draftId', '=', draftId)
    .where('outcome', '=', 'rejected')
    .where('decidedAt', '>=', since)
    .select('draftId')
    .limit(1)
    .executeTakeFirst()
  return decision !== undefined
}

const columns = [
  'userId',
  'draftId',
  'kind',
  'subject',
  'mailboxId',
  'outcome',
  'agentVersion',
  'decidedAt',
] as const satisfies (keyof TrustDecisions)[]

/** One decision, about the intent of the mail and about who wrote it. */
function decisionsOf(
  db: Kysely<DB>,
  userId: string,
  draftId: string,
  outcome: TrustDecisions['outcome'],
  decidedAt: string,
) {
  return db
    .selectFrom('drafts')
    .innerJoin('emails', (join) =>
      join.onRef('emails.userId', '=', 'drafts.userId').onRef('emails.id', '=', 'drafts.emailId'),
    )
    .crossJoinLateral(() =>
      sql<Subject>`(values ('intent', coalesce(emails.intent, 'other')), ('correspondent', emails.from_address))`.as<'about'>(
        sql`about (kind, subject)`,
      ),
    )
    .where('drafts.userId', '=', userId)
    .where('drafts.id', '=', draftId)
    .select(['drafts.userId', 'drafts.id', 'about.kind', 'about.subject', 'emails.mailboxId'])
    .select([sql.val(outcome).as('outcome'), 'drafts.agentVersion', sql<string>`${decidedAt}::timestamptz`.as('at')])
}

type Subject = Pick<TrustDecisions, 'kind' | 'subject'>

/** How many approvals of this intent and of this correspondent count, as a query of one row. */
export function selectApprovals(
  db: Kysely<DB>,
  userId: string,
  { intent, correspondent }: { intent: Intent; correspondent: string },
  present: Present,
) {
  const subjects = sql<Subject>`(values ('intent', ${intent}::text), ('correspondent', ${correspondent}::text))`
  return db
    .selectFrom(selectStandings(db, userId, subjects, present).as('standing'))
    .select(({ fn }) => [
      fn.max('approvals').filterWhere('kind', '=', 'intent').as('ofIntent'),
      fn.max('approvals').filterWhere('kind', '=', 'correspondent').as('ofCorrespondent'),
    ])
}

type Standing<Item = TrustItem> = Item extends TrustItem ? Omit<Item, 'needed' | 'missing'> : never

const Position = z.tuple([z.enum(['intent', 'correspondent']), storableText(1_000)])

/** Intents that may ever be answered unread, then correspondents whose drafts were decided on, by their addresses. */
export async function listStandings(
  db: Kysely<DB>,
  userId: string,
  { limit, cursor }: ListTrustInput,
  present: Present,
) {
  const after = cursor === undefined ? null : parseCursorOf(Position, cursor)
  const place = sql`(kind = 'correspondent')`
  const subjects = sql<Subject>`(
    select kind, subject from (
      select 'intent' as kind, unnest(${sql.val(SendableIntent.options)}::text[]) as subject
      union all
      select distinct kind, subject from trust_decisions
      where user_id = ${userId} and kind = 'correspondent' and subject <> '' and decided_at > ${since(present)}
    ) as either
    ${after ? sql`where (${place}, subject) > (${after[0] === 'correspondent'}, ${after[1]})` : sql``}
    order by ${place}, subject
    limit ${limit + 1}
  )`
  const rows = await selectStandings(db, userId, subjects, present)
    .orderBy('asked.kind', 'desc')
    .orderBy('asked.subject')
    .execute()
  return toPage(rows, limit, ({ kind, subject }): z.infer<typeof Position> => [kind, subject], toStanding)
}

function toStanding({
  kind,
  subject,
  ...standing
}: Subject & Pick<TrustItem, 'approvals' | 'lastTakenBackAt'>): Standing {
  return kind === 'intent'
    ? { kind, intent: SendableIntent.parse(subject), ...standing }
    : { kind, address: subject, ...standing }
}

/** How each of these stands: what counts, and when it was last taken back. */
function selectStandings(db: Kysely<DB>, userId: string, subjects: Expression<Subject>, present: Present) {
  return db
    .selectFrom(sql<Subject>`${subjects}`.as<'asked'>(sql`asked (kind, subject)`))
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom('trustDecisions')
          .where('userId', '=', userId)
          .whereRef('trustDecisions.kind', '=', 'asked.kind')
          .whereRef('trustDecisions.subject', '=', 'asked.subject')
          .where('outcome', '<>', 'approved')
          .where('decidedAt', '>', since(present))
          .select((of) => of.fn.max('decidedAt').as('at'))
          .as('taken'),
      (join) => join.onTrue(),
    )
    .select(['asked.kind', 'asked.subject', 'taken.at as lastTakenBackAt'])
    .select((eb) =>
      eb
        .selectFrom('trustDecisions')
        .where('userId', '=', userId)
        .whereRef('trustDecisions.kind', '=', 'asked.kind')
        .whereRef('trustDecisions.subject', '=', 'asked.subject')
        .where('outcome', '=', 'approved')
        .where('agentVersion', '=', present.agentVersion)
        .where('decidedAt', '>', sql<string>`greatest(${since(present)}::timestamptz, taken.at)`)
        .select((of) => of.fn.countAll<number>().as('count'))
        .$asScalar()
        .as('approvals'),
    )
}

function since({ now }: Present): string {
  return new Date(now.getTime() - lastingMs).toISOString()
}
