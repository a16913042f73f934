import { randomUUID } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import { insertDraft } from '../../../server/db/sending/draft-store.ts'
import type { DB } from '../../../server/db/engine/schema.ts'
import type { DraftStatus, EmailStatus } from '../../../shared-types/index.ts'
import { newEmailRow, newOwnerRow, newTraceRow } from '../../support/rows.ts'

/** A row of `outbox`, as PostgreSQL puts it into JSON. */
export interface StoredEntry {
  readonly id: string
  readonly state: string
  readonly epoch: number
  readonly sending_since: string | null
  readonly lease_until: string | null
}

/** What is stored of a mail's sends, and of all that belongs to them. */
export interface Stored {
  readonly draft: DraftStatus
  readonly email: EmailStatus
  /** Oldest first; several when the draft was approved several times. */
  readonly entries: readonly StoredEntry[]
  readonly notifications: readonly { readonly kind: string }[]
}

export interface OneMail {
  readonly userId: string
  readonly draftId: string
  /** The draft waits for review, and nothing was ever approved. */
  readonly beginning: Stored
  /** All that sending changes, whole. */
  read(): Promise<Stored>
  /** Puts back what was read, at whatever time. */
  restore(stored: Stored): Promise<void>
}

const createdAt = '2026-03-04T09:00:00.000Z'

/** A mail of an owner of its own, with a draft that waits for review. */
export async function newMail(db: Kysely<DB>): Promise<OneMail> {
  const { userId, mailboxId } = await newOwnerRow(db)
  const emailId = await newEmailRow(db, { userId, mailboxId }, { messageId: '<question@engine.example>' })
  await db.updateTable('emails').set({ status: 'needs_review' }).where('id', '=', emailId).execute()
  const draftId = randomUUID()
  await insertDraft(db, userId, {
    id: draftId,
    emailId,
    traceId: await newTraceRow(db, userId, { emailId, createdAt }),
    subject: 'Re: Hello',
    to: [{ name: 'Ada Byron', address: 'ada@engine.example' }],
    body: 'Dear Ada, yes.',
    confidence: 0.5,
    reasons: [],
    openQuestions: [],
    sources: [],
    createdAt,
  })

  return {
    userId,
    draftId,
    beginning: { draft: 'pending', email: 'needs_review', entries: [], notifications: [] },
    async read() {
      const { rows } = await sql<Stored>`
        select drafts.status as draft, emails.status as email,
          (select coalesce(json_agg(entry order by created_at), '[]') from outbox as entry where user_id = ${userId})
            as entries,
          (select coalesce(json_agg(told order by id), '[]') from notifications as told where user_id = ${userId})
            as notifications
        from drafts join emails on emails.user_id = drafts.user_id and emails.id = drafts.email_id
        where drafts.user_id = ${userId} and drafts.id = ${draftId}
      `.execute(db)
      const [stored] = rows
      if (!stored) throw new Error('the mail is gone')
      return stored
    },
    async restore({ draft, email, entries, notifications }) {
      await sql`
        with drafts as (update drafts set status = ${draft} where user_id = ${userId} and id = ${draftId}),
          emails as (update emails set status = ${email} where user_id = ${userId} and id = ${emailId}),
          told as (delete from notifications where user_id = ${userId})
        delete from outbox where user_id = ${userId}`.execute(db)
      if (entries.length === 0) return
      await sql`
        with told as (
          insert into notifications (user_id, kind, payload, created_at)
          select user_id, kind, payload, created_at
          from json_populate_recordset(null::notifications, ${JSON.stringify(notifications)})
        )
        insert into outbox select * from json_populate_recordset(null::outbox, ${JSON.stringify(entries)})`.execute(db)
    },
  }
}
