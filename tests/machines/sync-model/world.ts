import { sql } from 'kysely'
import type { FaultHandle } from '../../../google-sandbox/sandbox.ts'
import type { EmailStatus } from '../../../shared-types/index.ts'
import type { Stage } from './stage.ts'

/** A message as it lies in Gmail. */
export type GmailMessage = Awaited<ReturnType<Stage['app']['google']['messages']>>[number]

/** What a stored mail is compared by. */
export interface StoredMail {
  readonly id: string
  readonly gmailId: string
  readonly threadId: string
  readonly labels: readonly string[]
  readonly direction: 'in' | 'out'
  readonly status: EmailStatus
  readonly goneAt: string | null
}

/** One history of a mailbox, told on a stage. */
export class World {
  readonly stage: Stage
  /** What happened, in words. */
  readonly log: string[] = []
  /** What must never happen and did. */
  readonly problems: string[] = []
  /** Those in force. */
  readonly faults: FaultHandle[] = []
  private lastInstant = 0
  private lastCursor = 0n

  constructor(stage: Stage) {
    this.stage = stage
  }

  get email(): string {
    return this.stage.owner.email
  }

  get hand() {
    return this.stage.app.google.byHand(this.email)
  }

  messages(): Promise<GmailMessage[]> {
    return this.stage.app.google.messages(this.email)
  }

  stored(): Promise<StoredMail[]> {
    const { app, owner } = this.stage
    return app.db
      .selectFrom('emails')
      .where('userId', '=', owner.userId)
      .select(['id', 'gmailId', 'threadId', 'labels', 'direction', 'status', 'goneAt'])
      .execute()
  }

  mailbox() {
    const { app, owner } = this.stage
    return app.db
      .selectFrom('mailboxes')
      .where('userId', '=', owner.userId)
      .select(['status', 'historyId', 'lastSyncAt', 'lastError'])
      .executeTakeFirstOrThrow()
  }

  async lease(): Promise<{ isHeld: boolean; epoch: number }> {
    const { app, owner } = this.stage
    const { leaseUntil, leaseEpoch } = await app.db
      .selectFrom('mailboxes')
      .where('userId', '=', owner.userId)
      .select(['leaseUntil', 'leaseEpoch'])
      .executeTakeFirstOrThrow()
    return { isHeld: leaseUntil !== null && new Date(leaseUntil) > app.clock.now(), epoch: leaseEpoch }
  }

  /** The mailbox and its mails, to be compared; without the grant and its end, which calls to Google note for themselves. */
  async whatSyncsWrite(): Promise<string> {
    const { app, owner } = this.stage
    const mailbox = await app.db
      .selectFrom('mailboxes')
      .where('userId', '=', owner.userId)
      .select(['historyId', 'historyTriedId', 'syncedAfter', 'lastSyncAt', 'retryAt', 'failures'])
      .select(['importPageToken', 'importAfter', 'importHistoryId', 'importDone', 'importEstimated'])
      .select(['resyncHistoryId', 'resyncLabels', 'resyncPageToken', 'leaseUntil', 'leaseEpoch', 'tokenRefusals'])
      .executeTakeFirstOrThrow()
    const mails = (await this.stored()).toSorted((one, other) => (one.id < other.id ? -1 : 1))
    return JSON.stringify({ mailbox, mails })
  }

  /** Runs, sends, messages to be read again, mails to be removed and jobs: what somebody must still see to. */
  async unfinished(): Promise<string[]> {
    const { rows } = await sql<{ what: string }>`
      select 'a run' as what from traces where status in ('queued', 'running')
      union all select 'a send in ' || state from outbox where state in ('READY', 'SENDING')
      union all select 'a message to be read again' from quarantined_messages
      union all select 'a mail that is gone' from emails where gone_at is not null and not exists (
        select from outbox where outbox.user_id = emails.user_id and email_id = emails.id and state = 'UNKNOWN')
      union all select 'a job ' || name from pgboss.job where state in ('created', 'retry', 'active')
        and name <> 'dead-letter'`.execute(this.stage.app.db)
    return rows.map(({ what }) => what)
  }

  /** What failed for good, and why: nobody works on it again. */
  async deadLetters(): Promise<string[]> {
    const letters = await this.stage.app.ctx.jobs.deadLetters(10)
    return letters.map(({ job, reason }) => `${job}: ${reason}`)
  }

  /** Later than every one before, so that threads have an order. */
  nextInstant(): Date {
    this.lastInstant = Math.max(this.lastInstant + 1, Date.now())
    return new Date(this.lastInstant)
  }

  /** The cursor may be given up, and never goes back. */
  async watchCursor(): Promise<void> {
    const { historyId } = await this.mailbox()
    if (historyId === null) return
    const cursor = BigInt(historyId)
    if (cursor < this.lastCursor) this.problems.push(`the cursor went back from ${this.lastCursor} to ${cursor}`)
    this.lastCursor = cursor
  }
}
