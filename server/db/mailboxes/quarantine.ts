import { randomUUID } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import type { Address, ListQuarantinedInput, QuarantinedItem, QuarantinedPage } from '../../../shared-types/index.ts'
import { parseCursor, toPage } from '../engine/page.ts'
import type { DB } from '../engine/schema.ts'

/** What is known of a message although it could not be read. */
export interface KnownFacts {
  readonly subject: string | null
  readonly from: Address | null
  readonly receivedAt: Date
}

export interface NewQuarantined {
  readonly mailboxId: string
  readonly gmailId: string
  readonly reason: string
  readonly now: string
  /** Until the next try; doubles with every further one, up to `maxPauseSeconds`. */
  readonly pauseSeconds: number
  readonly maxPauseSeconds: number
  readonly known: KnownFacts | undefined
}

/**
 * Keeps the name of a message that could not be read, why, and when to try again, so that nothing is lost in silence.
 * Answers its id and how often it was tried.
 */
export function upsertQuarantined(trx: Kysely<DB>, userId: string, message: NewQuarantined) {
  const { mailboxId, gmailId, reason, now, pauseSeconds, maxPauseSeconds, known } = message
  const retryAt = (tries: ReturnType<typeof sql>) => sql<string>`${now}::timestamptz + interval '1 second'
    * least(${maxPauseSeconds}::float8, ${pauseSeconds}::float8 * power(2, least(${tries}, 20)))`
  const facts = {
    subject: known?.subject,
    fromName: known?.from?.name,
    fromAddress: known?.from?.address,
    receivedAt: known?.receivedAt.toISOString(),
  }
  return trx
    .insertInto('quarantinedMessages')
    .values({ userId, id: randomUUID(), mailboxId, gmailId, reason, retryAt: retryAt(sql`0`), ...facts })
    .onConflict((oc) =>
      oc.columns(['userId', 'mailboxId', 'gmailId']).doUpdateSet({
        reason,
        tries: sql`quarantined_messages.tries + 1`,
        retryAt: retryAt(sql`quarantined_messages.tries`),
        ...(known && facts),
      }),
    )
    .returning(['id', 'tries'])
    .executeTakeFirstOrThrow()
}

/** What could not be read, newest first. Stored mail of which only the labels are asked for again was read. */
export async function listQuarantined(
  db: Kysely<DB>,
  userId: string,
  input: ListQuarantinedInput,
): Promise<QuarantinedPage> {
  let query = selectQuarantined(db, userId)
    .innerJoin('mailboxes', (join) =>
      join
        .onRef('mailboxes.userId', '=', 'quarantinedMessages.userId')
        .onRef('mailboxes.id', '=', 'quarantinedMessages.mailboxId'),
    )
    .orderBy('quarantinedMessages.createdAt', 'desc')
    .orderBy('quarantinedMessages.id', 'desc')
    .limit(input.limit + 1)
    .select(['quarantinedMessages.id', 'quarantinedMessages.createdAt', 'gmailId', 'reason', 'mailboxes.address'])
    .select(['subject', 'fromName', 'fromAddress', 'receivedAt'])
  if (input.cursor) {
    const position = parseCursor(input.cursor)
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('quarantinedMessages.createdAt', 'quarantinedMessages.id'), '<', tuple(...position)),
    )
  }
  return toPage(await query.execute(), input.limit, (row) => [row.createdAt, row.id], toItem)
}

interface QuarantinedRow {
  readonly id: string
  readonly gmailId: string
  readonly reason: string
  readonly address: string
  readonly subject: string | null
  readonly fromName: string | null
  readonly fromAddress: string | null
  readonly receivedAt: string | null
}

function toItem({ id, reason, subject, fromName, fromAddress, receivedAt, ...row }: QuarantinedRow): QuarantinedItem {
  const from = fromAddress === null ? null : { name: fromName ?? '', address: fromAddress }
  // Gmail takes the sign of an address as it stands, and a plus in one for a blank.
  const account = encodeURIComponent(row.address).replace('%40', '@')
  const gmailUrl = `https://mail.google.com/mail/u/?authuser=${account}#all/${row.gmailId}`
  return { id, reason, subject, from, receivedAt, gmailUrl }
}

/** The owner's messages that could not be read and are not stored. */
export function selectQuarantined(db: Kysely<DB>, userId: string) {
  return db
    .selectFrom('quarantinedMessages')
    .where('quarantinedMessages.userId', '=', userId)
    .where((eb) =>
      // Not `not exists`, for which all mail would be compared with all of these before the first page is there.
      eb(
        eb
          .selectFrom('emails')
          .whereRef('emails.userId', '=', 'quarantinedMessages.userId')
          .whereRef('emails.mailboxId', '=', 'quarantinedMessages.mailboxId')
          .whereRef('emails.gmailId', '=', 'quarantinedMessages.gmailId')
          .select('emails.id'),
        'is',
        null,
      ),
    )
}

/** Makes the next try due; answers whose mailbox it is in, or undefined when there is no such message. */
export function makeQuarantinedDue(trx: Kysely<DB>, userId: string, id: string, now: string) {
  return trx
    .updateTable('quarantinedMessages')
    .set({ retryAt: now })
    .where('userId', '=', userId)
    .where('id', '=', id)
    .returning('mailboxId')
    .executeTakeFirst()
}

/** Gmail ids whose next try is due, the longest due first. */
export async function dueQuarantined(
  db: Kysely<DB>,
  userId: string,
  mailboxId: string,
  { now, limit }: { now: string; limit: number },
): Promise<string[]> {
  const rows = await db
    .selectFrom('quarantinedMessages')
    .where('userId', '=', userId)
    .where('mailboxId', '=', mailboxId)
    .where('retryAt', '<=', now)
    .orderBy('retryAt')
    .limit(limit)
    .select('gmailId')
    .execute()
  return rows.map(({ gmailId }) => gmailId)
}

/** They were read at last, or are gone. */
export async function removeFromQuarantine(
  trx: Kysely<DB>,
  userId: string,
  mailboxId: string,
  gmailIds: readonly string[],
): Promise<void> {
  if (gmailIds.length === 0) return
  await trx
    .deleteFrom('quarantinedMessages')
    .where('userId', '=', userId)
    .where('mailboxId', '=', mailboxId)
    .where('gmailId', 'in', gmailIds)
    .execute()
}
