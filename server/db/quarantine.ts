import { randomUUID } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import type { DB } from './schema.ts'

export interface QuarantinedMessage {
  readonly mailboxId: string
  readonly gmailId: string
  readonly reason: string
  readonly now: string
  /** Until the next try; doubles with every further one, up to `maxPauseSeconds`. */
  readonly pauseSeconds: number
  readonly maxPauseSeconds: number
}

/** Keeps the name of a message that could not be read, why, and when to try again, so that nothing is lost in silence. */
export async function quarantine(trx: Kysely<DB>, userId: string, message: QuarantinedMessage): Promise<void> {
  const { mailboxId, gmailId, reason, now, pauseSeconds, maxPauseSeconds } = message
  const retryAt = (tries: ReturnType<typeof sql>) => sql<string>`${now}::timestamptz + interval '1 second'
    * least(${maxPauseSeconds}::float8, ${pauseSeconds}::float8 * power(2, least(${tries}, 20)))`
  await trx
    .insertInto('quarantinedMessages')
    .values({ userId, id: randomUUID(), mailboxId, gmailId, reason, retryAt: retryAt(sql`0`) })
    .onConflict((oc) =>
      oc.columns(['userId', 'mailboxId', 'gmailId']).doUpdateSet({
        reason,
        tries: sql`quarantined_messages.tries + 1`,
        retryAt: retryAt(sql`quarantined_messages.tries`),
      }),
    )
    .execute()
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

/** Read at last, or gone. */
export async function releaseQuarantined(
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
