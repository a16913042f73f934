import type { ExpressionBuilder, Kysely, SelectQueryBuilder } from 'kysely'
import type { DB } from '../engine/schema.ts'

const columns = [
  'emails.id',
  'emails.mailboxId',
  'emails.threadId',
  'emails.gmailId',
  'emails.direction',
  'emails.status',
  'emails.intent',
  'emails.isCorrected',
  'emails.messageId',
  'emails.inReplyTo',
  'emails.subject',
  'emails.fromName',
  'emails.fromAddress',
  'emails.toAddresses',
  'emails.ccAddresses',
  'emails.replyToAddresses',
  'emails.receivedAt',
  'emails.text',
  'emails.freshText',
  'emails.headers',
  'emails.labels',
  'emails.problem',
  'emails.flags',
  'emails.calendar',
  'emails.report',
  'mailboxes.address as ownerAddress',
  'mailboxes.displayName as ownerName',
] as const

/** The mail a run is about, with the mailbox it came to; undefined when it is gone. */
export function loadEmail(db: Kysely<DB>, userId: string, emailId: string) {
  return selectEmails(db, userId).where('emails.id', '=', emailId).executeTakeFirst()
}

/** The same of all mails that a query tells the ids of. */
export function loadEmails(db: Kysely<DB>, userId: string, ids: SelectQueryBuilder<DB, 'emails', { id: string }>) {
  return selectEmails(db, userId).where('emails.id', 'in', ids).execute()
}

function selectEmails(db: Kysely<DB>, userId: string) {
  return db
    .selectFrom('emails')
    .innerJoin('mailboxes', (join) =>
      join.onRef('mailboxes.userId', '=', 'emails.userId').onRef('mailboxes.id', '=', 'emails.mailboxId'),
    )
    .where('emails.userId', '=', userId)
    .select(columns)
    .select((eb) => eb.exists(ownMailFrom(eb)).$castTo<boolean>().as('isFromOwner'))
    .select((eb) =>
      eb
        .selectFrom('attachments')
        .whereRef('attachments.userId', '=', 'emails.userId')
        .whereRef('attachments.emailId', '=', 'emails.id')
        .select((inner) => inner.fn.countAll<number>().as('count'))
        .as('attachmentCount'),
    )
}

/** Mail the owner sent from the address this one comes from: an alias. */
function ownMailFrom(eb: ExpressionBuilder<DB, 'emails'>) {
  return eb
    .selectFrom('emailParticipants as author')
    .innerJoin('emails as own', (join) =>
      join.onRef('own.userId', '=', 'author.userId').onRef('own.id', '=', 'author.emailId'),
    )
    .whereRef('author.userId', '=', 'emails.userId')
    .whereRef('author.address', '=', 'emails.fromAddress')
    .where('author.role', '=', 'from')
    .where('own.direction', '=', 'out')
    .select('author.emailId')
}

export type LoadedEmail = NonNullable<Awaited<ReturnType<typeof loadEmail>>>
