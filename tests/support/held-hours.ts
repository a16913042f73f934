import { randomUUID } from 'node:crypto'
import { insertDraft } from '../../server/db/sending/draft-store.ts'
import type { TestApp } from './app.ts'
import type { Inbox } from './connected-inbox.ts'
import { newEmailRow, newTraceRow } from './rows.ts'

export interface HeldHour {
  readonly startAt: string
  readonly endAt: string
}

/** An hour of a day ahead. */
export function hourIn(app: TestApp, days: number, minutes = 0): HeldHour {
  const day = new Date(app.clock.now().getTime() + days * 86_400_000).setUTCHours(10, minutes, 0, 0)
  return { startAt: new Date(day).toISOString(), endAt: new Date(day + 3_600_000).toISOString() }
}

/** A draft that waits for its owner and whose run took these hours, whatever others took: as if holding them had failed. */
export async function draftWithHours(app: TestApp, inbox: Inbox, name: string, hours: readonly HeldHour[]) {
  const { userId, mailboxId } = inbox
  const from = { name, address: `${name.toLowerCase()}@engine.example` }
  const emailId = await newEmailRow(app.db, { userId, mailboxId, address: inbox.owner.email }, { from })
  await app.db.updateTable('emails').set({ status: 'needs_review' }).where('id', '=', emailId).execute()
  const createdAt = app.clock.now().toISOString()
  const traceId = await newTraceRow(app.db, userId, { emailId, createdAt })
  const id = randomUUID()
  const lists = { reasons: [], openQuestions: [], sources: [] }
  const draft = { id, emailId, traceId, subject: 'Re: Hello', to: [from], body: `Dear ${name}`, confidence: 0.5 }
  await insertDraft(app.db, userId, { ...draft, ...lists, createdAt })
  if (hours.length > 0) {
    await app.db
      .insertInto('slotHolds')
      .values(hours.map((hour) => ({ userId, traceId, ...hour })))
      .execute()
  }
  return { id, emailId, version: { draftId: id, version: 1 } }
}
