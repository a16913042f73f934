import { afterAll, expect, test } from 'vitest'
import { createTestApp } from '../support/app.ts'
import { openInbox } from '../support/connected-inbox.ts'
import { refusal } from '../support/refusals.ts'
import { approvalOf, versionOf } from '../support/sending.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

test('a mail the owner dismisses is done, and its draft goes nowhere', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  const { emailId } = draft
  const dismissed = await inbox.api.emails.dismiss({ emailId })
  expect(dismissed).toMatchObject({ status: 'no_reply', reasons: [{ code: 'DISMISSED' }] })
  expect(await inbox.draft(draft.id)).toMatchObject({ status: 'superseded', outcome: null })
  await expect(inbox.api.drafts.approve(approvalOf(draft))).rejects.toMatchObject(refusal('DRAFT_NOT_PENDING'))
  expect(await inbox.api.emails.dismiss({ emailId })).toEqual(dismissed)
})

test('what the draft of a dismissed mail was to answer too is worked on again', async () => {
  const inbox = await openInbox(app)
  const mail = { from: 'Ada <ada@engine.example>', subject: 'Prices', messageId: '<one@engine.example>' }
  const first = await inbox.receive({ ...mail, text: 'Could you send me the prices of the chairs?' })
  const again = { ...mail, messageId: '<two@engine.example>', inReplyTo: '<one@engine.example>', subject: 'Re: Prices' }
  const second = await inbox.receive({ ...again, text: 'And could you send me the prices of the tables?' })
  await inbox.api.emails.dismiss({ emailId: second.id })
  await app.drain()
  expect(await inbox.email(second.id)).toMatchObject({ status: 'no_reply' })
  expect(await inbox.email(first.id)).toMatchObject({ status: 'needs_review', draft: { status: 'pending' } })
})

test('a mail that is answered, approved or rejected cannot be dismissed, and neither can one’s own', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  const dismiss = () => inbox.api.emails.dismiss({ emailId: draft.emailId })
  await inbox.api.drafts.approve(approvalOf(draft))
  await expect(dismiss()).rejects.toMatchObject(refusal('EMAIL_ALREADY_APPROVED'))
  await app.drainDelayed()
  await expect(dismiss()).rejects.toMatchObject(refusal('EMAIL_ALREADY_SENT'))
  const other = await inbox.newDraft({ subject: 'Other', from: 'Bo <bo@engine.example>' })
  await inbox.api.drafts.reject(versionOf(other))
  await expect(inbox.api.emails.dismiss({ emailId: other.emailId })).rejects.toMatchObject(refusal('DRAFT_NOT_PENDING'))
  const own = await inbox.receive({ direction: 'out', subject: 'Mine' })
  await expect(inbox.api.emails.dismiss({ emailId: own.id })).rejects.toMatchObject(refusal('EMAIL_NOT_INBOUND'))
})

test('a mail that is being worked on again is not dismissed meanwhile', async () => {
  const inbox = await openInbox(app)
  const { emailId } = await inbox.newDraft()
  await inbox.api.emails.process({ emailId })
  await expect(inbox.api.emails.dismiss({ emailId })).rejects.toMatchObject(refusal('EMAIL_IN_PROGRESS'))
})

test('a rejection is taken back within a minute: the draft is in review as it was, and nothing was learned', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  await inbox.api.drafts.reject({ ...versionOf(draft), reason: 'No', fault: 'TOO_LONG' })
  app.clock.advance(50_000)
  await inbox.api.drafts.undoReject(versionOf(draft))
  const { items } = await inbox.api.drafts.list({ mailboxId: inbox.mailboxId })
  expect(items).toEqual([{ ...draft, updatedAt: expect.any(String) }])
  expect(await inbox.email(draft.emailId)).toMatchObject({ status: 'needs_review', reasons: draft.reasons })
  for (const table of ['draftLessons', 'trustDecisions'] as const)
    expect(await app.db.selectFrom(table).where('userId', '=', inbox.userId).selectAll().execute()).toEqual([])
  await inbox.api.drafts.approve(approvalOf(draft))
  await app.drainDelayed()
  expect(await inbox.sent()).toHaveLength(1)
})

test('what an edit had taught before a rejection is taught again when that is taken back', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  const edited = await inbox.api.drafts.edit({ ...versionOf(draft), body: 'In my own words.' })
  await inbox.api.drafts.reject(versionOf(edited))
  await inbox.api.drafts.undoReject(versionOf(edited))
  const lessons = await app.db.selectFrom('draftLessons').where('userId', '=', inbox.userId).selectAll().execute()
  expect(lessons).toMatchObject([{ outcome: 'edited' }])
  const trust = await app.db.selectFrom('trustDecisions').where('userId', '=', inbox.userId).selectAll().execute()
  expect(new Set(trust.map(({ outcome }) => outcome))).toEqual(new Set(['edited']))
})

test('a rejection stands after a minute, and once another draft is there', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  const undo = () => inbox.api.drafts.undoReject(versionOf(draft))
  await expect(undo()).rejects.toMatchObject(refusal('REJECTION_FINAL'))
  await inbox.api.drafts.reject(versionOf(draft))
  await expect(inbox.api.drafts.undoReject({ draftId: draft.id, version: 2 })).rejects.toMatchObject(
    refusal('DRAFT_CHANGED'),
  )
  app.clock.advance(61_000)
  await expect(undo()).rejects.toMatchObject(refusal('REJECTION_FINAL'))

  const next = await inbox.newDraft({ subject: 'Other', from: 'Bo <bo@engine.example>' })
  await inbox.api.drafts.reject(versionOf(next))
  await inbox.api.emails.process({ emailId: next.emailId })
  await expect(inbox.api.drafts.undoReject(versionOf(next))).rejects.toMatchObject(refusal('EMAIL_IN_PROGRESS'))
  await app.drain()
  await expect(inbox.api.drafts.undoReject(versionOf(next))).rejects.toMatchObject(refusal('REJECTION_FINAL'))
  expect(await inbox.outbox()).toEqual([])
})
