import { afterAll, expect, test } from 'vitest'
import { createTestApp } from '../../support/app.ts'
import { openInbox, sweep } from '../../support/connected-inbox.ts'
import { refusal } from '../../support/refusals.ts'
import { expectSentOnce, stateOf, approvalOf, versionOf } from '../../support/sending.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

const hourMs = 3_600_000
const inMs = (ms: number) => new Date(app.clock.now().getTime() + ms).toISOString()

test('a scheduled reply goes out at its time and not before, once', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  const sendAt = inMs(30 * hourMs)
  expect(await inbox.api.drafts.schedule({ acceptOpenQuestions: true, ...versionOf(draft), sendAt })).toMatchObject({
    status: 'approved',
    sendAt,
  })
  expect((await inbox.email(draft.emailId)).status).toBe('approved')

  app.clock.advance(29 * hourMs)
  await app.drainDelayed()
  await sweep(app)
  expect(inbox.requests('POST', /drafts/)).toEqual([])
  expect(await inbox.draft(draft.id)).toMatchObject({ status: 'approved', sendAt })

  app.clock.advance(1.1 * hourMs)
  await app.drainDelayed()
  await app.drainDelayed()
  await expectSentOnce(inbox, draft)
})

test('a scheduled reply can be taken back until then', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  await inbox.api.drafts.schedule({ acceptOpenQuestions: true, ...versionOf(draft), sendAt: inMs(hourMs) })
  app.clock.advance(0.9 * hourMs)
  expect(await inbox.api.drafts.cancelSend(versionOf(draft))).toMatchObject({ status: 'pending', sendAt: null })
  app.clock.advance(hourMs)
  await app.drainDelayed()
  expect(await inbox.sent()).toEqual([])
  expect(await stateOf(inbox)).toBe('CANCELLED')
})

test('the undo window holds for a time that is nearer than its end', async () => {
  const inbox = await openInbox(app, { undoWindowSeconds: 60 })
  const draft = await inbox.newDraft()
  const before = app.clock.now().getTime()
  const { sendAt } = await inbox.api.drafts.schedule({
    acceptOpenQuestions: true,
    ...versionOf(draft),
    sendAt: inMs(1_000),
  })
  expect(Date.parse(sendAt ?? '') - before).toBeGreaterThanOrEqual(60_000)
})

test.each([
  ['now', 0],
  ['a minute ago', -60_000],
  ['in 91 days', 91 * 24 * hourMs],
])('%s is no time to schedule a reply for', async (_name, ms) => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  const scheduling = inbox.api.drafts.schedule({ acceptOpenQuestions: true, ...versionOf(draft), sendAt: inMs(ms) })
  await expect(scheduling).rejects.toMatchObject(refusal('VALIDATION_FAILED'))
  expect(await inbox.draft(draft.id)).toMatchObject({ status: 'pending', sendAt: null })
  expect(await inbox.outbox()).toEqual([])
})

test('what is scheduled is approved: neither a second time nor in another version', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  const later = { sendAt: inMs(hourMs), acceptOpenQuestions: true }
  const edited = await inbox.api.drafts.edit({ ...versionOf(draft), body: 'In my own words.' })
  const schedule = inbox.api.drafts.schedule
  await expect(schedule({ ...versionOf(draft), ...later })).rejects.toMatchObject(refusal('DRAFT_CHANGED'))
  await schedule({ ...versionOf(edited), ...later })
  await expect(schedule({ ...versionOf(edited), ...later })).rejects.toMatchObject(refusal('DRAFT_ALREADY_APPROVED'))
  await expect(inbox.api.drafts.approve(approvalOf(edited))).rejects.toMatchObject(refusal('DRAFT_ALREADY_APPROVED'))
  expect(await inbox.outbox()).toMatchObject([{ state: 'READY', origin: 'owner', draftVersion: 2 }])
})
