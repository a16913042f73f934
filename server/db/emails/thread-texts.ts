import { type Kysely, sql } from 'kysely'
import { readerOf } from './retrieval.ts'
import type { DB } from '../engine/schema.ts'

/** What the mails before this one in its thread say that its sender could read: 10 texts of 20,000 characters at most. */
export async function findEarlierTexts(
  db: Kysely<DB>,
  userId: string,
  email: { id: string; mailboxId: string; threadId: string; fromAddress: string; receivedAt: string },
): Promise<string[]> {
  const rows = await db
    .selectFrom('emails')
    .where('userId', '=', userId)
    .where((eb) => eb.exists(readerOf(eb, email.fromAddress)))
    .where('mailboxId', '=', email.mailboxId)
    .where('threadId', '=', email.threadId)
    .where('id', '<>', email.id)
    .where('receivedAt', '<=', email.receivedAt)
    .orderBy('receivedAt', 'desc')
    .limit(10)
    .select(sql<string>`left(text, 20000)`.as('text'))
    .execute()
  return rows.map(({ text }) => text)
}
