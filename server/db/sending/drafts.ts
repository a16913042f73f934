import { type ExpressionBuilder, type Kysely, sql } from 'kysely'
import { jsonObjectFrom } from 'kysely/helpers/postgres'
import type {
  Draft,
  DraftPage,
  DraftSentence,
  DraftStatus,
  DraftWithOriginal,
  ListDraftsInput,
} from '../../../shared-types/index.ts'
import { AppError } from '../../errors.ts'
import { attachmentsOf } from '../emails/detail.ts'
import { rounded } from '../emails/emails.ts'
import { jsonText } from '../engine/json.ts'
import { parseCursor, toPage } from '../engine/page.ts'
import { reasonsOf } from '../emails/reasons.ts'
import type { DB } from '../engine/schema.ts'

/** Newest first. */
export async function listDrafts(db: Kysely<DB>, userId: string, input: ListDraftsInput): Promise<DraftPage> {
  let query = selectDrafts(db)
    .where('drafts.userId', '=', userId)
    .orderBy('drafts.createdAt', 'desc')
    .orderBy('drafts.id', 'desc')
    .limit(input.limit + 1)
  if (typeof input.status === 'string') query = query.where('drafts.status', '=', input.status)
  else if (input.status) query = query.where('drafts.status', 'in', input.status)
  if (input.mailboxId) query = query.where('emails.mailboxId', '=', input.mailboxId)
  if (input.cursor) {
    const position = parseCursor(input.cursor)
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('drafts.createdAt', 'drafts.id'), '<', tuple(...position)),
    )
  }
  return toPage(await query.execute(), input.limit, (row) => [row.createdAt, row.id], toDraft)
}

/** One draft as a list shows it. */
export async function getDraftItem(db: Kysely<DB>, userId: string, draftId: string): Promise<Draft> {
  const row = await selectDrafts(db)
    .where('drafts.userId', '=', userId)
    .where('drafts.id', '=', draftId)
    .executeTakeFirst()
  if (!row) throw new AppError('NOT_FOUND', 'There is no such draft.')
  return toDraft(row)
}

/** The draft with the mail it answers, and its sentences as the agent, or a program, wrote them. */
export async function getDraft(db: Kysely<DB>, userId: string, draftId: string): Promise<DraftWithOriginal> {
  const row = await selectDrafts(db)
    .where('drafts.userId', '=', userId)
    .where('drafts.id', '=', draftId)
    .select(['emails.text', 'emails.html', 'emails.flags', 'drafts.sentences'])
    .select((eb) => attachmentsOf(eb).as('attachments'))
    .executeTakeFirst()
  if (!row) throw new AppError('NOT_FOUND', 'There is no such draft.')
  const { text, html, flags, attachments, sentences, ...item } = row
  const draft = toDraft(item)
  return { ...draft, original: { ...draft.original, text, html, flags, attachments }, sentences: sentences ?? [] }
}

function selectDrafts(db: Kysely<DB>) {
  return db
    .selectFrom('drafts')
    .innerJoin('emails', (join) =>
      join.onRef('emails.userId', '=', 'drafts.userId').onRef('emails.id', '=', 'drafts.emailId'),
    )
    .innerJoin('mailboxes', (join) =>
      join.onRef('mailboxes.userId', '=', 'emails.userId').onRef('mailboxes.id', '=', 'emails.mailboxId'),
    )
    .select(['drafts.id', 'drafts.version', 'drafts.status', 'drafts.emailId', 'drafts.subject', 'drafts.body'])
    .select(['mailboxes.address as ownerAddress', 'mailboxes.displayName as ownerName', 'drafts.toAddresses'])
    .select(['drafts.confidence', 'drafts.openQuestions', 'drafts.sources', 'drafts.createdAt'])
    .select(['emails.mailboxId', 'emails.threadId', 'emails.subject as originalSubject', 'emails.intent'])
    .select(['emails.fromName', 'emails.fromAddress', 'emails.receivedAt'])
    .select((eb) => [
      sql<string>`greatest(drafts.updated_at, drafts.created_at)`.as('updatedAt'),
      jsonObjectFrom(
        eb
          .selectFrom('draftLessons')
          .whereRef('draftLessons.userId', '=', 'drafts.userId')
          .whereRef('draftLessons.draftId', '=', 'drafts.id')
          .select(['draftLessons.outcome', 'draftLessons.fault']),
      ).as('lesson'),
      reasonsOf('drafts').as('reasons'),
    ])
    .leftJoinLateral(newestSend, (join) => join.onTrue())
    .select(['send.at as sendAt', 'send.settledAt', 'send.reasons as sendReasons'])
}

function newestSend(eb: ExpressionBuilder<DB, 'drafts'>) {
  return eb
    .selectFrom('outbox')
    .whereRef('outbox.userId', '=', 'drafts.userId')
    .whereRef('outbox.draftId', '=', 'drafts.id')
    .orderBy('outbox.createdAt', 'desc')
    .limit(1)
    .select(sql<string>`greatest(outbox.not_before, outbox.retry_at)`.as('at'))
    .select(sql<string>`coalesce(outbox.settled_at, outbox.created_at)`.as('settledAt'))
    .select(reasonsOf('outbox').as('reasons'))
    .as('send')
}

type DraftRow = Awaited<ReturnType<ReturnType<typeof selectDrafts>['executeTakeFirstOrThrow']>>

function toDraft({
  ownerAddress,
  ownerName,
  toAddresses,
  confidence,
  lesson,
  sendReasons,
  mailboxId,
  threadId,
  originalSubject,
  fromName,
  fromAddress,
  receivedAt,
  intent,
  status,
  sendAt,
  settledAt,
  ...row
}: DraftRow): Draft {
  return {
    ...row,
    original: {
      id: row.emailId,
      mailboxId,
      threadId,
      subject: originalSubject,
      from: { name: fromName, address: fromAddress },
      receivedAt,
      intent,
    },
    from: { name: ownerName, address: ownerAddress },
    to: toAddresses,
    confidence: rounded(confidence) ?? 0,
    sendReasons: sendReasons ?? [],
    fault: lesson?.fault ?? null,
    ...standingOf({ ...row, status, sendAt, settledAt, lesson: lesson?.outcome }),
  }
}

type Standing<Any = Draft> = Any extends Draft ? Pick<Any, 'status' | 'sendAt' | 'sentAt' | 'outcome'> : never

/** A second version is the owner's own; a draft that was closed says something of its words only where they said so. */
function standingOf({
  status,
  version,
  createdAt,
  sendAt,
  settledAt,
  lesson,
}: Pick<DraftRow, 'status' | 'version' | 'createdAt' | 'sendAt' | 'settledAt'> & {
  lesson: 'edited' | 'not_usable' | undefined
}): Standing {
  const open = { sendAt: null, sentAt: null, outcome: null }
  switch (status) {
    // There is a send of each that is approved or sent.
    case 'approved':
      return { ...open, status, sendAt: sendAt ?? createdAt }
    case 'sent':
      return { ...open, status, sentAt: settledAt ?? createdAt, outcome: version === 1 ? 'sent_as_drafted' : 'edited' }
    case 'rejected':
      return { ...open, status, outcome: 'not_usable' }
    case 'superseded':
      return { ...open, status, outcome: lesson === 'not_usable' ? lesson : null }
    case 'pending':
    case 'sending':
    case 'unknown':
      return { ...open, status }
  }
}

/** Moves the draft only if it is still this version in `from`; undefined means somebody was faster. */
export function moveDraft(
  db: Kysely<DB>,
  userId: string,
  draftId: string,
  { version, from, to }: { version: number; from: DraftStatus; to: DraftStatus },
) {
  return db
    .updateTable('drafts')
    .set({ status: to })
    .where('userId', '=', userId)
    .where('id', '=', draftId)
    .where('version', '=', version)
    .where('status', '=', from)
    .returning(['id', 'version', 'emailId', 'traceId', 'subject', 'toAddresses', 'body'])
    .executeTakeFirst()
}

export function findDraft(db: Kysely<DB>, userId: string, draftId: string) {
  return db
    .selectFrom('drafts')
    .where('userId', '=', userId)
    .where('id', '=', draftId)
    .select(['id', 'version', 'status', 'emailId'])
    .executeTakeFirst()
}

/** The draft with what an event in the calendar tells of the mail it answers. */
export function findForEvent(db: Kysely<DB>, userId: string, draftId: string) {
  return db
    .selectFrom('drafts')
    .innerJoin('emails', (join) =>
      join.onRef('emails.userId', '=', 'drafts.userId').onRef('emails.id', '=', 'drafts.emailId'),
    )
    .where('drafts.userId', '=', userId)
    .where('drafts.id', '=', draftId)
    .select(['drafts.status', 'drafts.traceId', 'emails.mailboxId', 'emails.subject', 'emails.fromAddress'])
    .select(['emails.flags', 'emails.calendar'])
    .executeTakeFirst()
}

/** What another draft in its place begins with; undefined where it is not this version or waits for nobody. */
export function findForRedraft(
  db: Kysely<DB>,
  userId: string,
  { draftId, version }: { draftId: string; version: number },
) {
  return db
    .selectFrom('drafts')
    .innerJoin('traces', (join) =>
      join.onRef('traces.userId', '=', 'drafts.userId').onRef('traces.id', '=', 'drafts.traceId'),
    )
    .where('drafts.userId', '=', userId)
    .where('drafts.id', '=', draftId)
    .where('drafts.version', '=', version)
    .where('drafts.status', 'in', ['pending', 'rejected'])
    .select(['drafts.openQuestions', 'traces.request'])
    .executeTakeFirst()
}

/** One of this mail that is not given up. */
export function findOpenDraft(db: Kysely<DB>, userId: string, emailId: string) {
  return db
    .selectFrom('drafts')
    .where('userId', '=', userId)
    .where('emailId', '=', emailId)
    .where('status', 'not in', ['rejected', 'superseded'])
    .select('id')
    .limit(1)
    .executeTakeFirst()
}

export async function hasOpenQuestions(db: Kysely<DB>, userId: string, draftId: string): Promise<boolean> {
  const row = await db
    .selectFrom('drafts')
    .where('userId', '=', userId)
    .where('id', '=', draftId)
    .where(sql<boolean>`open_questions <> '[]'`)
    .select('id')
    .executeTakeFirst()
  return row !== undefined
}

export async function findBody(db: Kysely<DB>, userId: string, draftId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('drafts')
    .where('userId', '=', userId)
    .where('id', '=', draftId)
    .select('body')
    .executeTakeFirst()
  return row?.body
}

/** The W3C traceparent of the run that wrote it, where runs are traced. */
export async function traceparentOfDraft(db: Kysely<DB>, userId: string, draftId: string) {
  const run = await db
    .selectFrom('drafts')
    .innerJoin('traces', (join) =>
      join.onRef('traces.userId', '=', 'drafts.userId').onRef('traces.id', '=', 'drafts.traceId'),
    )
    .where('drafts.userId', '=', userId)
    .where('drafts.id', '=', draftId)
    .select('traces.traceparent')
    .executeTakeFirst()
  return run?.traceparent
}

/** The owner's own words become the next version, if the draft is still this one and pending. */
export function editBody(
  db: Kysely<DB>,
  userId: string,
  draftId: string,
  { version, body, sentences }: { version: number; body: string; sentences?: readonly DraftSentence[] | undefined },
) {
  return db
    .updateTable('drafts')
    .set({ body, version: sql`version + 1`, ...(sentences && { sentences: jsonText(sentences) }) })
    .where('userId', '=', userId)
    .where('id', '=', draftId)
    .where('version', '=', version)
    .where('status', '=', 'pending')
    .returning(['id', 'version', 'subject', 'toAddresses', 'body'])
    .executeTakeFirst()
}
