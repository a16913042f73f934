import { randomUUID } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import { insertDraft } from '../../../server/db/draft-store.ts'
import type { DB } from '../../../server/db/schema.ts'
import type { DraftStatus, EmailStatus } from '../../../shared-types/index.ts'
import { newEmailRow, newOwnerRow, newTraceRow } from '../../support/rows.ts'

/** What is stored of a send and of all that belongs to it. */
export interface Stored {
  /** Oldest first; a mail has several entries when it was approved several times. */
  readonly states: readonly string[]
  readonly draft: DraftStatus
  readonly email: EmailStatus
  readonly told: readonly string[]
}

export interface OneMail {
  readonly userId: string
  readonly draftId: string
  /** Its draft waits for review, and nothing was ever approved. */
  reset(): Promise<void>
  read(): Promise<Stored>
}

const createdAt = '2026-03-04T09:00:00.000Z'

/** A mail of an owner of its own, with a draft that waits for review. */
export async function newMail(db: Kysely<DB>): Promise<OneMail> {
  const { userId, mailboxId } = await newOwnerRow(db)
  const emailId = await newEmailRow(db, { userId, mailboxId })
  const traceId = await newTraceRow(db, userId, { emailId, createdAt })
  const draftId = randomUUID()
  await insertDraft(db, userId, {
    id: draftId,
    emailId,
    traceId,
    subject: 'Re: Hello',
    to: [{ name: 'Ada Byron', address: 'ada@engine.example' }],
    body: 'Dear Ada',
    confidence: 0.5,
    reasons: [],
    openQuestions: [],
    sources: [],
    createdAt,
  })

  return {
    userId,
    draftId,
    async reset() {
      await sql`
        with entries as (delete from outbox where user_id = ${userId}),
          told as (delete from notifications where user_id = ${userId}),
          draft as (update drafts set status = 'pending' where user_id = ${userId} and id = ${draftId})
        update emails set status = 'needs_review', reasons = '{}' where user_id = ${userId} and id = ${emailId}
      `.execute(db)
    },
    async read() {
      const { rows } = await sql<Stored>`
        select drafts.status as draft, emails.status as email,
          array(select state from outbox where user_id = ${userId} order by created_at) as states,
          array(select kind from notifications where user_id = ${userId} order by id) as told
        from drafts join emails on emails.user_id = drafts.user_id and emails.id = drafts.email_id
        where drafts.user_id = ${userId} and drafts.id = ${draftId}
      `.execute(db)
      const [stored] = rows
      if (!stored) throw new Error('the mail is gone')
      return stored
    },
  }
}
