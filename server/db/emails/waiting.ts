import { type Kysely, sql } from 'kysely'
import type { ListWaitingInput, WaitingPage } from '../../../shared-types/index.ts'
import { sentencesOf } from '../../mail/sentences.ts'
import { parseCursor, toPage } from '../engine/page.ts'
import type { DB } from '../engine/schema.ts'

const dayMs = 86_400_000
/** Nobody waits for an answer to what is older. */
const longestDays = 90
const longestQuestion = 300

/** A question mark that ends something, and is not part of an address. */
const question = /[?？؟]["'”’»)]*(?:\s|$)/u

/**
 * What the owner wrote and asked of somebody else, and nobody has answered for so many days; of a conversation the last
 * such mail. A bounce or an out-of-office notice answers nothing. Newest first.
 */
export async function listWaiting(
  db: Kysely<DB>,
  userId: string,
  { limit, cursor, days }: ListWaitingInput,
  now: Date,
): Promise<WaitingPage> {
  const daysAgo = (count: number) => new Date(now.getTime() - count * dayMs).toISOString()
  let query = db
    .selectFrom('emails')
    .where('emails.userId', '=', userId)
    .where('emails.direction', '=', 'out')
    .where('emails.receivedAt', '<=', daysAgo(days))
    .where('emails.receivedAt', '>', daysAgo(longestDays))
    .where(asks('emails.freshText'))
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('emailParticipants as reader')
          .whereRef('reader.userId', '=', 'emails.userId')
          .whereRef('reader.emailId', '=', 'emails.id')
          .whereRef('reader.address', '<>', 'emails.fromAddress')
          .where('reader.role', 'in', ['to', 'cc', 'bcc'])
          .select('reader.role'),
      ),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('emails as later')
            .whereRef('later.userId', '=', 'emails.userId')
            .whereRef('later.threadId', '=', 'emails.threadId')
            .whereRef('later.mailboxId', '=', 'emails.mailboxId')
            .whereRef('later.receivedAt', '>', 'emails.receivedAt')
            .where((eb) =>
              eb.or([
                eb.and([eb('later.direction', '=', 'out'), asks('later.freshText')]),
                eb.and([eb('later.direction', '=', 'in'), eb.not(isMachines)]),
              ]),
            )
            .select('later.id'),
        ),
      ),
    )
    .orderBy('emails.receivedAt', 'desc')
    .orderBy('emails.id', 'desc')
    .limit(limit + 1)
    .select(['emails.id', 'mailboxId', 'threadId', 'subject', 'toAddresses', 'receivedAt', 'freshText'])
  if (cursor) {
    const position = parseCursor(cursor)
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('emails.receivedAt', 'emails.id'), '<', tuple(...position)),
    )
  }
  return toPage(
    await query.execute(),
    limit,
    (row) => [row.receivedAt, row.id],
    ({ id, toAddresses, receivedAt, freshText, ...row }) => ({
      ...row,
      emailId: id,
      to: toAddresses,
      sentAt: receivedAt,
      question: questionOf(freshText),
    }),
  )
}

const isMachines = sql<boolean>`coalesce(later.reasons->0->>'code' in ('DELIVERY_REPORT', 'SENT_AUTOMATICALLY'), false)`

function asks(text: string) {
  return sql<boolean>`${sql.ref(text)} ~ ${question.source}`
}

function questionOf(text: string): string {
  const sentence = sentencesOf(text).find((one) => question.test(one)) ?? ''
  return sentence.length > longestQuestion ? `${sentence.slice(0, longestQuestion - 1)}…` : sentence
}
