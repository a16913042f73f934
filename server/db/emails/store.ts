import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Address, Attachment, CalendarPart, Direction, MailFlag, MailReport } from '../../../shared-types/index.ts'
import type { DB } from '../engine/schema.ts'
import { searchVector } from './search.ts'

export interface NewEmail {
  readonly mailboxId: string
  readonly gmailId: string
  readonly threadId: string
  readonly direction: Direction
  readonly receivedAt: Date
  readonly snippet: string
  readonly labels: readonly string[]
  readonly problem: string | null
  readonly messageId: string | null
  readonly inReplyTo: string | null
  readonly references: readonly string[]
  readonly subject: string
  readonly from: Address
  readonly to: readonly Address[]
  readonly cc: readonly Address[]
  readonly bcc: readonly Address[]
  readonly replyTo: readonly Address[]
  readonly text: string
  readonly freshText: string
  readonly html: string | null
  readonly headers: Readonly<Record<string, string>>
  readonly attachments: readonly Attachment[]
  readonly flags: readonly MailFlag[]
  readonly calendar: CalendarPart | null
  readonly report: MailReport | null
  /** A run begins once everything that came with it is stored; left out means none does. */
  readonly awaitsRun?: boolean
}

/** Stores a mail with its readers and attachments; undefined when it was there already. Own mail is stored as `sent`. */
export async function insertEmail(trx: Kysely<DB>, userId: string, email: NewEmail): Promise<string | undefined> {
  const row = await trx
    .insertInto('emails')
    .values({
      userId,
      id: randomUUID(),
      mailboxId: email.mailboxId,
      gmailId: email.gmailId,
      threadId: email.threadId,
      direction: email.direction,
      messageId: email.messageId,
      inReplyTo: email.inReplyTo,
      referenceIds: [...email.references],
      subject: email.subject,
      fromName: email.from.name,
      fromAddress: email.from.address,
      toAddresses: JSON.stringify(email.to),
      ccAddresses: JSON.stringify(email.cc),
      replyToAddresses: JSON.stringify(email.replyTo),
      receivedAt: email.receivedAt.toISOString(),
      snippet: email.snippet,
      text: email.text,
      freshText: email.freshText,
      html: email.html,
      headers: JSON.stringify(email.headers),
      labels: [...email.labels],
      problem: email.problem,
      flags: [...email.flags],
      calendar: email.calendar && JSON.stringify(email.calendar),
      report: email.report && JSON.stringify(email.report),
      status: email.direction === 'out' ? 'sent' : 'pending',
      awaitsRun: email.awaitsRun ?? false,
      search: searchVector(email),
    })
    .onConflict((oc) => oc.columns(['userId', 'mailboxId', 'gmailId']).doNothing())
    .returning('id')
    .executeTakeFirst()
  if (!row) return undefined
  await insertReaders(trx, userId, row.id, email)
  await insertAttachments(trx, userId, row.id, email)
  return row.id
}

async function insertReaders(trx: Kysely<DB>, userId: string, emailId: string, email: NewEmail): Promise<void> {
  const roles = { from: [email.from], to: email.to, cc: email.cc, bcc: email.bcc }
  const readers = Object.entries(roles).flatMap(([role, people]) =>
    people.filter((person) => person.address !== '').map(({ address }) => ({ userId, emailId, role, address })),
  )
  if (readers.length === 0) return
  await trx
    .insertInto('emailParticipants')
    .values(readers)
    .onConflict((oc) => oc.doNothing())
    .execute()
}

async function insertAttachments(trx: Kysely<DB>, userId: string, emailId: string, email: NewEmail): Promise<void> {
  if (email.attachments.length === 0) return
  await trx
    .insertInto('attachments')
    .values(email.attachments.map((attachment, position) => ({ userId, emailId, position, ...attachment })))
    .execute()
}

/** Which of these Gmail ids need not be fetched: they are stored, or quarantined and not due to be tried again. */
export async function knownGmailIds(
  db: Kysely<DB>,
  userId: string,
  mailboxId: string,
  { gmailIds, now }: { gmailIds: readonly string[]; now: string },
): Promise<Set<string>> {
  if (gmailIds.length === 0) return new Set()
  const rows = await db
    .selectFrom('emails')
    .where('userId', '=', userId)
    .where('mailboxId', '=', mailboxId)
    .where('gmailId', 'in', gmailIds)
    .select('gmailId')
    .union(
      db
        .selectFrom('quarantinedMessages')
        .where('userId', '=', userId)
        .where('mailboxId', '=', mailboxId)
        .where('gmailId', 'in', gmailIds)
        .where('retryAt', '>', now)
        .select('gmailId'),
    )
    .execute()
  return new Set(rows.map((row) => row.gmailId))
}
