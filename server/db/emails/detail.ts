import type { ExpressionBuilder, Kysely } from 'kysely'
import { jsonBuildObject } from 'kysely/helpers/postgres'
import type { Email, Thread } from '../../../shared-types/index.ts'
import { AppError } from '../../errors.ts'
import { selectItems, toItem } from './emails.ts'
import { jsonList } from '../engine/json.ts'
import type { DB } from '../engine/schema.ts'

/** NOT_FOUND for an unknown id and for somebody else's alike. */
export async function getEmail(db: Kysely<DB>, userId: string, emailId: string): Promise<Email> {
  const row = await selectDetails(db)
    .select(['text', 'html'])
    .where('userId', '=', userId)
    .where('id', '=', emailId)
    .executeTakeFirst()
  if (!row) throw new AppError('NOT_FOUND', 'There is no such e-mail.')
  return toEmail(row)
}

/**
 * Oldest first, the 100 newest of a longer thread; without `html` and with the first 50,000 characters of each text,
 * since strangers can fill a thread. `getEmail` has the whole.
 */
export async function getThread(db: Kysely<DB>, userId: string, threadId: string): Promise<Thread> {
  const rows = await selectDetails(db)
    .select((eb) => [eb.fn<string>('left', ['text', eb.val(50_000)]).as('text'), eb.lit(null).as('html')])
    .where('userId', '=', userId)
    .where('threadId', '=', threadId)
    .orderBy('receivedAt', 'desc')
    .orderBy('id', 'desc')
    .limit(100)
    .execute()
  if (rows.length === 0) throw new AppError('NOT_FOUND', 'There is no such thread.')
  return { threadId, messages: rows.reverse().map(toEmail) }
}

function selectDetails(db: Kysely<DB>) {
  return selectItems(db)
    .select(['toAddresses', 'ccAddresses', 'replyToAddresses', 'headers', 'flags', 'calendar', 'report'])
    .select((eb) => attachmentsOf(eb).as('attachments'))
}

/** What is attached to a mail, in its order. */
export function attachmentsOf(eb: ExpressionBuilder<DB, 'emails'>) {
  return jsonList(
    eb
      .selectFrom('attachments')
      .select(({ ref }) =>
        jsonBuildObject({
          filename: ref('attachments.filename'),
          mimeType: ref('attachments.mimeType'),
          sizeBytes: ref('attachments.sizeBytes'),
          isInline: ref('attachments.isInline'),
          contentId: ref('attachments.contentId'),
        }).as('value'),
      )
      .whereRef('attachments.userId', '=', 'emails.userId')
      .whereRef('attachments.emailId', '=', 'emails.id')
      .orderBy('attachments.position'),
  )
}

/** What a mail has attached at this position, and where the mail is; undefined when there is none. */
export function findAttachment(db: Kysely<DB>, userId: string, emailId: string, position: number) {
  return db
    .selectFrom('attachments')
    .innerJoin('emails', (join) =>
      join.onRef('emails.userId', '=', 'attachments.userId').onRef('emails.id', '=', 'attachments.emailId'),
    )
    .where('attachments.userId', '=', userId)
    .where('attachments.emailId', '=', emailId)
    .where('attachments.position', '=', position)
    .select(['attachments.filename', 'attachments.mimeType', 'emails.mailboxId', 'emails.gmailId'])
    .executeTakeFirst()
}

type DetailRow = Awaited<ReturnType<ReturnType<typeof selectDetails>['executeTakeFirstOrThrow']>> & {
  text: string
  html: string | null
}

function toEmail({
  toAddresses,
  ccAddresses,
  replyToAddresses,
  text,
  html,
  headers,
  attachments,
  flags,
  calendar,
  report,
  ...item
}: DetailRow): Email {
  return {
    ...toItem(item),
    to: toAddresses,
    cc: ccAddresses,
    replyTo: replyToAddresses,
    text,
    html,
    headers,
    attachments,
    flags,
    calendar,
    report,
  }
}
