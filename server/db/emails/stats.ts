import { type Kysely, sql } from 'kysely'
import type { EmailStats } from '../../../shared-types/index.ts'
import { selectQuarantined } from '../mailboxes/quarantine.ts'
import type { DB, MailboxCounters } from '../engine/schema.ts'

/** Inbound mail by status and intent, all mailboxes together, from the kept counters, and what could not be read. */
export async function getEmailStats(db: Kysely<DB>, userId: string): Promise<EmailStats> {
  const total = (column: keyof MailboxCounters) => sql<number>`coalesce(sum(${sql.ref(column)}), 0)::integer`
  const counts = await db
    .selectFrom('mailboxCounters')
    .where('userId', '=', userId)
    .select([
      total('statusPending').as('pending'),
      total('statusProcessing').as('processing'),
      total('statusNoReply').as('noReply'),
      total('statusNeedsReview').as('needsReview'),
      total('statusApproved').as('approved'),
      total('statusSent').as('sent'),
      total('statusRejected').as('rejected'),
      total('intentInquiry').as('inquiry'),
      total('intentMeetingRequest').as('meetingRequest'),
      total('intentComplaint').as('complaint'),
      total('intentFollowUp').as('followUp'),
      total('intentSpam').as('spam'),
      total('intentOther').as('other'),
    ])
    .select(
      selectQuarantined(db, userId)
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .as('quarantined'),
    )
    .executeTakeFirstOrThrow()
  const { pending, processing, noReply, needsReview, approved, sent, rejected } = counts
  const { inquiry, meetingRequest, complaint, followUp, spam, other } = counts
  return {
    byStatus: { pending, processing, no_reply: noReply, needs_review: needsReview, approved, sent, rejected },
    byIntent: { inquiry, meeting_request: meetingRequest, complaint, follow_up: followUp, spam, other },
    quarantined: counts.quarantined ?? 0,
  }
}
