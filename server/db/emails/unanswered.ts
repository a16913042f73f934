import type { ExpressionBuilder, Kysely } from 'kysely'
import { machineReason } from '../../mail/machine-mail.ts'
import { readerOf } from './retrieval.ts'
import type { DB } from '../engine/schema.ts'

/** More than anybody writes before an answer. */
const limit = 10
/** Of what was taken to need no reply there can be more. */
const judgedLimit = 50

interface Mail {
  readonly mailboxId: string
  readonly threadId: string
  readonly gmailId: string
  readonly fromAddress: string
  readonly receivedAt: string
}

/**
 * Earlier mails of the same person in the thread that nobody has answered: with the newest they are one request. Only
 * what every reader of the reply could read, oldest first. What the owner wrote to others answers nothing.
 */
export async function findUnanswered(
  db: Kysely<DB>,
  userId: string,
  email: Mail & { ownerAddress: string },
  readers: readonly string[],
): Promise<{ id: string; freshText: string }[]> {
  const { ownerAddress } = email
  const rows = await unansweredBefore(db, userId, email)
    .where('emails.status', 'in', ['pending', 'processing', 'needs_review', 'approved'])
    .where((eb) => eb.and(readers.map((address) => eb.exists(readerOf(eb, address)))))
    .limit(limit)
    .select(['emails.id', 'emails.fromAddress', 'emails.subject', 'emails.freshText'])
    .select(['emails.headers', 'emails.labels', 'emails.report'])
    .execute()
  return rows.filter((row) => machineReason({ ...row, ownerAddress }) === null).reverse()
}

/** The ids of the same as a query, whatever became of them and whoever can read them: also what needed no reply. */
export function unansweredIds(db: Kysely<DB>, userId: string, email: Mail) {
  return unansweredBefore(db, userId, email).limit(judgedLimit).select('emails.id')
}

function unansweredBefore(db: Kysely<DB>, userId: string, email: Mail) {
  const { mailboxId, threadId, gmailId, fromAddress, receivedAt } = email
  return (
    db
      .selectFrom('emails')
      .where('emails.userId', '=', userId)
      .where('emails.mailboxId', '=', mailboxId)
      .where('emails.threadId', '=', threadId)
      .where('emails.direction', '=', 'in')
      .where('emails.fromAddress', '=', fromAddress)
      // Of two that came in one moment Gmail's id tells which is the newer.
      .where(({ eb, refTuple, tuple }) =>
        eb(refTuple('emails.receivedAt', 'emails.gmailId'), '<', tuple(receivedAt, gmailId)),
      )
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('emails as answer')
              .whereRef('answer.userId', '=', 'emails.userId')
              .whereRef('answer.mailboxId', '=', 'emails.mailboxId')
              .whereRef('answer.threadId', '=', 'emails.threadId')
              .whereRef('answer.receivedAt', '>', 'emails.receivedAt')
              .where('answer.direction', '=', 'out')
              .where((answer) => answer.exists(readerOfAnswer(answer, fromAddress)))
              .select('answer.id'),
          ),
        ),
      )
      .orderBy('emails.receivedAt', 'desc')
  )
}

function readerOfAnswer(eb: ExpressionBuilder<DB & { answer: DB['emails'] }, 'answer'>, address: string) {
  return eb
    .selectFrom('emailParticipants as reader')
    .whereRef('reader.userId', '=', 'answer.userId')
    .whereRef('reader.emailId', '=', 'answer.id')
    .where('reader.address', '=', address)
    .where('reader.role', 'in', ['from', 'to', 'cc'])
    .select('reader.role')
}
