import { afterAll, expect, test } from 'vitest'
import { markUnsentAsSending } from '../../../server/db/sending/restored.ts'
import { createTestApp } from '../../support/app.ts'
import { openInbox, sweep } from '../../support/connected-inbox.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

/** An approved reply, and a way to set the database back to the moment before it was sent. */
async function approvedReply() {
  const inbox = await openInbox(app)
  const { id, version, emailId } = await inbox.newDraft()
  await inbox.api.drafts.approve({ acceptOpenQuestions: true, draftId: id, version })
  const [entry] = await inbox.outbox()
  if (!entry) throw new Error('nothing waits to be sent')
  return {
    inbox,
    emailId,
    draftId: id,
    async restore() {
      await app.db.updateTable('emails').set({ status: 'approved' }).where('id', '=', emailId).execute()
      await app.db.updateTable('drafts').set({ status: 'approved' }).where('id', '=', id).execute()
      const { leaseUntil, state, sendingSince, settledAt, gmailDraftId, gmailMessageId, triedAt, epoch } = entry
      const then = { leaseUntil, state, sendingSince, settledAt, gmailDraftId, gmailMessageId, triedAt, epoch }
      // An hour ago: so far the sweep looks back for what was left behind.
      const anHourAgo = new Date(Date.now() - 3_600_000).toISOString()
      const times = { createdAt: anHourAgo, notBefore: anHourAgo }
      await app.db
        .updateTable('outbox')
        .set({ ...then, ...times })
        .where('id', '=', entry.id)
        .execute()
      expect(await app.db.transaction().execute(markUnsentAsSending)).toBeGreaterThanOrEqual(1)
    },
  }
}

test('a reply that went out after the backup does not go out again when it is put back', async () => {
  const { inbox, emailId, draftId, restore } = await approvedReply()
  await app.drain()
  expect(await inbox.sent()).toHaveLength(1)
  await restore()
  await sweep(app)
  expect(await inbox.sent()).toHaveLength(1)
  expect((await inbox.email(emailId)).status).toBe('sent')
  expect((await inbox.draft(draftId)).status).toBe('sent')
})

test('one that had not gone out is not sent on a guess: its owner is asked', async () => {
  const { inbox, emailId, restore } = await approvedReply()
  await restore()
  await sweep(app)
  expect(await inbox.sent()).toHaveLength(0)
  const { status, reasons } = await inbox.email(emailId)
  expect(status).toBe('needs_review')
  expect(reasons.map(({ code }) => code)).toContain('SEND_UNKNOWN')
})
