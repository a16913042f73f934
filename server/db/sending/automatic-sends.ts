import { type Kysely, sql } from 'kysely'
import type { Intent } from '../../../shared-types/index.ts'
import { selectWrittenTo } from '../emails/retrieval.ts'
import type { DB } from '../engine/schema.ts'
import { isAutomaticSendingStopped } from '../system/system-state.ts'
import { selectApprovals } from './trust.ts'

const dayMs = 86_400_000
const hourMs = 3_600_000

/** What of the owner's mail and sends decides whether an automatic reply may go out now; `outboxId` is its own send. */
export async function readSendFacts(
  db: Kysely<DB>,
  userId: string,
  mail: {
    mailboxId: string
    threadId: string
    fromAddress: string
    receivedAt: string
    intent: Intent
    outboxId?: string
  },
  { now, agentVersion }: { now: Date; agentVersion: string },
) {
  const { fromAddress: correspondent, receivedAt, intent } = mail
  const { ofIntent, ofCorrespondent, lastDay, lastHour, toCorrespondent, ...rest } = await db
    .selectFrom([
      selectAutomaticSends(db, userId, correspondent, now).as('sent'),
      selectApprovals(db, userId, { intent, correspondent }, { now, agentVersion }).as('approvals'),
    ])
    .selectAll(['sent', 'approvals'])
    .select((eb) => [
      eb.fn
        .coalesce(selectWrittenTo(db, userId, { address: correspondent, before: receivedAt }), sql.lit(0))
        .as('earlierMessages'),
      eb
        .exists(selectAutomaticReplies(db, userId, mail))
        .$castTo<boolean>()
        .as('isAnswered'),
      eb
        .exists(selectNewerMail(db, userId, mail))
        .$castTo<boolean>()
        .as('isOvertaken'),
      isAutomaticSendingStopped().$castTo<boolean>().as('isStopped'),
    ])
    .executeTakeFirstOrThrow()
  return {
    ...rest,
    correspondent,
    intent,
    approvals: { ofIntent, ofCorrespondent },
    sent: { lastDay, lastHour, toCorrespondent },
  }
}

/**
 * Automatic replies whose sending began in the 24 hours and in the hour before `now`, and in those 24 hours as answers to
 * one person: whatever became of them, they count.
 */
function selectAutomaticSends(db: Kysely<DB>, userId: string, correspondent: string, now: Date) {
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
}

/** What the same person has written into the thread again since. */
function selectNewerMail(
  db: Kysely<DB>,
  userId: string,
  mail: { mailboxId: string; threadId: string; fromAddress: string; receivedAt: string },
) {
  return db
    .selectFrom('emails')
    .where('userId', '=', userId)
    .where('mailboxId', '=', mail.mailboxId)
    .where('threadId', '=', mail.threadId)
    .where('direction', '=', 'in')
    .where('fromAddress', '=', mail.fromAddress)
    .where('receivedAt', '>', mail.receivedAt)
    .select('id')
}

/** Other automatic replies that have gone into this thread, or may have, since the mail that is to be answered came. */
function selectAutomaticReplies(
  db: Kysely<DB>,
  userId: string,
  mail: { mailboxId: string; threadId: string; receivedAt: string; outboxId?: string },
) {
  const query = db
    .selectFrom('emails')
    .innerJoin('outbox', (join) =>
      join.onRef('outbox.userId', '=', 'emails.userId').onRef('outbox.emailId', '=', 'emails.id'),
    )
    .where('emails.userId', '=', userId)
    .where('emails.mailboxId', '=', mail.mailboxId)
    .where('emails.threadId', '=', mail.threadId)
    .where('outbox.origin', '=', 'agent')
    .where('outbox.state', 'in', ['SENDING', 'SENT', 'UNKNOWN'])
    .where('outbox.sendingSince', '>=', mail.receivedAt)
    .select(sql`1`.as('one'))
  return mail.outboxId ? query.where('outbox.id', '<>', mail.outboxId) : query
}
