import { type ExpressionBuilder, type Kysely, sql } from 'kysely'
import type { Direction } from '../../../shared-types/index.ts'
import type { DB } from '../engine/schema.ts'

export interface FoundEmail {
  readonly id: string
  readonly direction: Direction
  readonly subject: string
  readonly fromName: string
  readonly freshText: string
  /** The beginning of the owner's own mail as it is, with what was taken for a signature; empty for other mail. */
  readonly ownText: string
  readonly receivedAt: string
}

/** As `FoundEmail` has it. */
export const ownText = sql<string>`case when emails.direction = 'out' then left(emails.text, 2000) else '' end`

/** Messages of one thread, oldest first, and how many readable ones came before them. */
export interface FoundThread {
  readonly mails: readonly FoundEmail[]
  readonly earlierCount: number
}

/** A thread that is longer comes with its newest messages. */
export const mostMessages = 20
/** So many characters of a message are read. */
export const longestMessage = 16_000

/** Earlier messages of the thread that every reader of the reply could read. */
export async function findThreadHistory(
  db: Kysely<DB>,
  userId: string,
  wanted: { emailId: string; threadId: string; readers: readonly string[]; before: string },
): Promise<FoundThread> {
  const rows = await db
    .selectFrom('emails')
    .where('emails.userId', '=', userId)
    .where('emails.threadId', '=', wanted.threadId)
    .where('emails.id', '<>', wanted.emailId)
    .where('emails.receivedAt', '<=', wanted.before)
    .where((eb) => eb.and(wanted.readers.map((address) => eb.exists(readerOf(eb, address)))))
    .orderBy('emails.receivedAt', 'desc')
    .limit(mostMessages)
    .select(['id', 'direction', 'subject', 'fromName', 'receivedAt'])
    .select(sql<string>`left(emails.fresh_text, ${longestMessage})`.as('freshText'))
    .select(ownText.as('ownText'))
    .select(sql<number>`count(*) over ()`.as('messageCount'))
    .execute()
  const mails = rows.map(({ messageCount: _count, ...mail }) => mail).reverse()
  return { mails, earlierCount: (rows[0]?.messageCount ?? 0) - mails.length }
}

/**
 * What came into the thread after this mail and its sender could read, as what they could not settles nothing for them;
 * newest first, 20 at most. Replies of our own are left out while their send stands for them: each answers one
 * mail, and its send settles that one.
 */
export function findNewerInThread(
  db: Kysely<DB>,
  userId: string,
  mail: { mailboxId: string; threadId: string; fromAddress: string; receivedAt: string },
) {
  return db
    .selectFrom('emails')
    .where('emails.userId', '=', userId)
    .where('emails.mailboxId', '=', mail.mailboxId)
    .where('emails.threadId', '=', mail.threadId)
    .where('emails.receivedAt', '>', mail.receivedAt)
    .where((eb) => eb.exists(readerOf(eb, mail.fromAddress)))
    .where((eb) => eb.not(eb.exists(ownSendOf(eb))))
    .orderBy('emails.receivedAt', 'desc')
    .limit(20)
    .select([
      'emails.direction',
      'emails.inReplyTo',
      'emails.fromName',
      'emails.fromAddress',
      'emails.subject',
      'emails.freshText',
      'emails.headers',
      'emails.labels',
      'emails.report',
    ])
    .execute()
}

/** Whether something is stored of the thread that came before this mail. */
export async function hasEarlierInThread(
  db: Kysely<DB>,
  userId: string,
  email: { mailboxId: string; threadId: string; gmailId: string; receivedAt: string },
): Promise<boolean> {
  const row = await db
    .selectFrom('emails')
    .where('userId', '=', userId)
    .where('mailboxId', '=', email.mailboxId)
    .where('threadId', '=', email.threadId)
    .where('gmailId', '<>', email.gmailId)
    .where('receivedAt', '<=', email.receivedAt)
    .select('id')
    .executeTakeFirst()
  return row !== undefined
}

/** The live send that a mail of the owner's went out through. */
function ownSendOf(eb: ExpressionBuilder<DB, 'emails'>) {
  return eb
    .selectFrom('outbox')
    .whereRef('outbox.userId', '=', 'emails.userId')
    .whereRef('outbox.mailboxId', '=', 'emails.mailboxId')
    .where('emails.direction', '=', 'out')
    .where('outbox.state', 'not in', ['CANCELLED', 'REJECTED', 'NOT_SENT'])
    .where((inner) =>
      inner.or([
        inner('outbox.gmailMessageId', '=', inner.ref('emails.gmailId')),
        sql<boolean>`outbox.id::text = emails.headers ->> 'x-reasonflow-outbox'`,
      ]),
    )
    .select('outbox.id')
}

/** The row of whoever could read a mail. */
export function readerOf(eb: ExpressionBuilder<DB, 'emails'>, address: string) {
  return eb
    .selectFrom('emailParticipants as reader')
    .whereRef('reader.userId', '=', 'emails.userId')
    .whereRef('reader.emailId', '=', 'emails.id')
    .where('reader.address', '=', address)
    .where('reader.role', 'in', ['from', 'to', 'cc'])
    .select('reader.role')
}

/** How many mails the owner wrote to this address before. */
export async function countWrittenTo(db: Kysely<DB>, userId: string, wanted: { address: string; before: string }) {
  return (await selectWrittenTo(db, userId, wanted).executeTakeFirstOrThrow()).count
}

/** The same as a query, to be part of another. */
export function selectWrittenTo(
  db: Kysely<DB>,
  userId: string,
  { address, before }: { address: string; before: string },
) {
  return db
    .selectFrom('emailParticipants as reader')
    .innerJoin('emails', (join) =>
      join.onRef('emails.userId', '=', 'reader.userId').onRef('emails.id', '=', 'reader.emailId'),
    )
    .where('reader.userId', '=', userId)
    .where('reader.address', '=', address)
    .where('reader.role', 'in', ['to', 'cc'])
    .where('emails.direction', '=', 'out')
    .where('emails.receivedAt', '<', before)
    .select((eb) => eb.fn.count<number>('emails.id').distinct().as('count'))
}
