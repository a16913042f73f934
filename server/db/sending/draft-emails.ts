import type { ExpressionBuilder, Kysely } from 'kysely'
import type { EmailStatus, Reason } from '../../../shared-types/index.ts'
import { moveEmail } from '../emails/status.ts'
import type { DB } from '../engine/schema.ts'

/** Several mails of one person before an answer are one request: its draft belongs to the newest, and answers these too. */
export async function insertDraftEmails(
  trx: Kysely<DB>,
  userId: string,
  draftId: string,
  emailIds: readonly string[],
): Promise<void> {
  if (emailIds.length === 0) return
  await trx
    .insertInto('draftEmails')
    .values(emailIds.map((emailId) => ({ userId, draftId, emailId })))
    .onConflict((oc) => oc.doNothing())
    .execute()
}

/**
 * Locks the mails a draft answers, its own first in the answer. Whoever changes several rows locks in this order, or two
 * would wait for each other: run, mails by their ids, send, draft.
 */
export async function lockMailsOfDraft(trx: Kysely<DB>, userId: string, draftId: string) {
  const draft = await trx
    .selectFrom('drafts')
    .where('userId', '=', userId)
    .where('id', '=', draftId)
    .select('emailId')
    .executeTakeFirst()
  const mails = await trx
    .selectFrom('emails')
    .where('userId', '=', userId)
    .where((eb) => eb.or([eb('id', '=', draft?.emailId ?? null), eb('id', 'in', answeredBy(eb, userId, draftId))]))
    .orderBy('id')
    .select(['id', 'mailboxId'])
    .forNoKeyUpdate()
    .execute()
  return mails.find(({ id }) => id === draft?.emailId)
}

/** Moves the mail a draft belongs to and, when it moved, those the draft answers too; each only if it is in one of `from`. */
export async function moveMailsOfDraft(
  trx: Kysely<DB>,
  userId: string,
  { draftId, emailId }: { draftId: string; emailId: string },
  move: { from: readonly EmailStatus[]; to: EmailStatus; reasons?: readonly Reason[] },
): Promise<boolean> {
  const isMoved = await moveEmail(trx, userId, emailId, move)
  if (!isMoved) return false
  await trx
    .updateTable('emails')
    .set({ status: move.to })
    .where('userId', '=', userId)
    .where((eb) => eb('id', 'in', answeredBy(eb, userId, draftId)))
    .where('status', 'in', move.from)
    .execute()
  return true
}

function answeredBy(eb: ExpressionBuilder<DB, 'emails'>, userId: string, draftId: string) {
  return eb.selectFrom('draftEmails').where('userId', '=', userId).where('draftId', '=', draftId).select('emailId')
}

/** The newest draft of a later mail that answers this one too and was not given up; where that mail stands now. */
export function findAnsweringDraft(db: Kysely<DB>, userId: string, emailId: string) {
  return db
    .selectFrom('draftEmails')
    .innerJoin('drafts', (join) =>
      join.onRef('drafts.userId', '=', 'draftEmails.userId').onRef('drafts.id', '=', 'draftEmails.draftId'),
    )
    .innerJoin('emails', (join) =>
      join.onRef('emails.userId', '=', 'drafts.userId').onRef('emails.id', '=', 'drafts.emailId'),
    )
    .where('draftEmails.userId', '=', userId)
    .where('draftEmails.emailId', '=', emailId)
    .where('drafts.status', 'in', ['pending', 'approved', 'sending', 'sent', 'unknown'])
    .orderBy('drafts.createdAt', 'desc')
    .select(['drafts.id', 'emails.status as emailStatus', 'emails.subject'])
    .executeTakeFirst()
}

/** Mails that the drafts of this one were to answer too and that still wait for the owner, locked. */
export function lockAlsoAnswered(trx: Kysely<DB>, userId: string, emailId: string) {
  return trx
    .selectFrom('emails')
    .where('emails.userId', '=', userId)
    .where('emails.status', 'in', ['needs_review', 'approved'])
    .where(({ eb, selectFrom }) =>
      eb(
        'emails.id',
        'in',
        selectFrom('draftEmails')
          .innerJoin('drafts', (join) =>
            join.onRef('drafts.userId', '=', 'draftEmails.userId').onRef('drafts.id', '=', 'draftEmails.draftId'),
          )
          .where('drafts.userId', '=', userId)
          .where('drafts.emailId', '=', emailId)
          .select('draftEmails.emailId'),
      ),
    )
    .orderBy('emails.id')
    .select(['emails.id', 'emails.receivedAt'])
    .forNoKeyUpdate('emails')
    .execute()
}
