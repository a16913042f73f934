import { type ExpressionBuilder, type Kysely, sql } from 'kysely'
import { jsonBuildObject } from 'kysely/helpers/postgres'
import type { EmailItem, EmailPage, ListEmailsInput } from '../../../shared-types/index.ts'
import { parseCursor, toPage } from '../engine/page.ts'
import { reasonsOf } from './reasons.ts'
import type { DB } from '../engine/schema.ts'
import { awaitsRefill } from './search-refill.ts'
import { searchQuery } from './search.ts'

/** Newest first. One statement: the newest draft of each mail comes along. */
export async function listEmails(db: Kysely<DB>, userId: string, input: ListEmailsInput): Promise<EmailPage> {
  let query = selectItems(db)
    .where('userId', '=', userId)
    .orderBy('receivedAt', 'desc')
    .orderBy('id', 'desc')
    .limit(input.limit + 1)
  if (input.status?.length) query = query.where('status', 'in', input.status)
  if (input.intent?.length) query = query.where('intent', 'in', input.intent)
  if (input.mailboxId) query = query.where('mailboxId', '=', input.mailboxId)
  if (input.threadId) query = query.where('threadId', '=', input.threadId)
  if (input.flow) query = query.where('direction', '=', input.flow)
  if (input.receivedFrom) query = query.where('receivedAt', '>=', input.receivedFrom)
  if (input.receivedTo) query = query.where('receivedAt', '<=', input.receivedTo)
  if (input.search) {
    const hasOld = await awaitsRefill(db, userId)
    query = query.where('search', '@@', searchQuery(input.search, { hasOld }))
  }
  if (input.cursor) {
    const [receivedAt, id] = parseCursor(input.cursor)
    query = query.where(({ eb, refTuple, tuple }) => eb(refTuple('receivedAt', 'id'), '<', tuple(receivedAt, id)))
  }
  return toPage(await query.execute(), input.limit, (row) => [row.receivedAt, row.id], toItem)
}

/** One mail as a list shows it. */
export async function getEmailItem(db: Kysely<DB>, userId: string, emailId: string): Promise<EmailItem> {
  const query = selectItems(db).where('userId', '=', userId).where('id', '=', emailId)
  return toItem(await query.executeTakeFirstOrThrow())
}

/** What every list of mail selects. */
export function selectItems(db: Kysely<DB>) {
  return db
    .selectFrom('emails')
    .select(['id', 'mailboxId', 'threadId', 'direction', 'subject', 'fromName', 'fromAddress', 'receivedAt', 'snippet'])
    .select(['intent', 'confidence', 'status'])
    .select((eb) => newestDraft(eb).as('draft'))
    .select(reasonsOf('emails').as('reasons'))
}

export type ItemRow = Awaited<ReturnType<ReturnType<typeof selectItems>['executeTakeFirstOrThrow']>>

export function toItem({ fromName, fromAddress, confidence, ...row }: ItemRow): EmailItem {
  return { ...row, from: { name: fromName, address: fromAddress }, confidence: rounded(confidence) }
}

function newestDraft(eb: ExpressionBuilder<DB, 'emails'>) {
  return eb
    .selectFrom('drafts')
    .whereRef('drafts.userId', '=', 'emails.userId')
    .whereRef('drafts.emailId', '=', 'emails.id')
    .orderBy('drafts.createdAt', 'desc')
    .limit(1)
    .select(({ ref }) =>
      jsonBuildObject({
        id: ref('drafts.id'),
        version: ref('drafts.version'),
        status: ref('drafts.status'),
        confidence: sql<number>`round(drafts.confidence::numeric, 4)::float8`,
        preview: sql<string>`left(regexp_replace(left(drafts.body, 400), '\\s+', ' ', 'g'), 160)`,
        openQuestions: sql<number>`jsonb_array_length(drafts.open_questions)`,
      }).as('value'),
    )
}

/** `real` has six digits; more would be noise. */
export function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toFixed(4))
}

/** Where the mail stands, held until the transaction ends: who asks for a run and who approves a draft come one after the other. */
export function lockEmailState(trx: Kysely<DB>, userId: string, emailId: string) {
  return trx
    .selectFrom('emails')
    .where('userId', '=', userId)
    .where('id', '=', emailId)
    .select(['status', 'direction', 'mailboxId', 'awaitsRun'])
    .forNoKeyUpdate()
    .executeTakeFirst()
}
