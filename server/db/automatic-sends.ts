import { type Kysely, sql } from 'kysely'
import type { DB } from './schema.ts'

const dayMs = 86_400_000
const hourMs = 3_600_000

/**
 * Automatic replies whose sending began in the 24 hours and in the hour before `now`, and in those 24 hours as answers to
 * one person: whatever became of them, they count.
 */
export function countAutomaticSends(db: Kysely<DB>, userId: string, correspondent: string, now: Date) {
  const dayBefore = new Date(now.getTime() - dayMs).toISOString()
  const hourBefore = new Date(now.getTime() - hourMs).toISOString()
  return db
    .selectFrom('outbox')
    .innerJoin('emails', (join) =>
      join.onRef('emails.userId', '=', 'outbox.userId').onRef('emails.id', '=', 'outbox.emailId'),
    )
    .where('outbox.userId', '=', userId)
    .where('outbox.origin', '=', 'agent')
    .where('outbox.sendingSince', '>', dayBefore)
    .select((eb) => [
      eb.fn.countAll<number>().as('lastDay'),
      eb.fn.countAll<number>().filterWhere('outbox.sendingSince', '>', hourBefore).as('lastHour'),
      eb.fn.countAll<number>().filterWhere('emails.fromAddress', '=', correspondent).as('toCorrespondent'),
    ])
    .executeTakeFirstOrThrow()
}

/** Whether another automatic reply has gone into this thread, or may have, since the mail that is to be answered came. */
export async function hasAutomaticReply(
  db: Kysely<DB>,
  userId: string,
  thread: { mailboxId: string; threadId: string; outboxId: string; since: string },
): Promise<boolean> {
  const earlier = await db
    .selectFrom('emails')
    .innerJoin('outbox', (join) =>
      join.onRef('outbox.userId', '=', 'emails.userId').onRef('outbox.emailId', '=', 'emails.id'),
    )
    .where('emails.userId', '=', userId)
    .where('emails.mailboxId', '=', thread.mailboxId)
    .where('emails.threadId', '=', thread.threadId)
    .where('outbox.origin', '=', 'agent')
    .where('outbox.id', '<>', thread.outboxId)
    .where('outbox.state', 'in', ['SENDING', 'SENT', 'UNKNOWN'])
    .where('outbox.sendingSince', '>=', thread.since)
    .select(sql`1`.as('one'))
    .limit(1)
    .executeTakeFirst()
  return earlier !== undefined
}
