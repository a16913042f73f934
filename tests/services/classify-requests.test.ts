import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { hookSteps } from '../../server/step.ts'
import { createTestApp } from '../support/app.ts'
import { openInbox } from '../support/connected-inbox.ts'
import { refusal, seenOf } from '../support/refusals.ts'
import { createScriptedModel } from '../support/scripted-model.ts'

const model = createScriptedModel()
const app = await createTestApp({ ports: model.ports })
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => hookSteps(undefined))
beforeEach(() => model.reset())

const complaint = (usual: object) => ({ ...usual, intent: 'complaint', confidence: 0.7, reason: 'It is angry.' })
const sorted = { intent: 'complaint', reasons: [{ code: 'CLASSIFIED', text: 'It is angry.' }] }

test('a mail is sorted again where it stands, and nothing else of it changes', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  const before = await inbox.email(draft.emailId)
  model.next('classify', complaint)
  const { traceId } = await inbox.api.emails.classify({ emailId: draft.emailId })
  expect(await inbox.api.traces.get({ traceId })).toMatchObject({ status: 'queued', emailId: draft.emailId })
  await app.drain()

  const { confidence: _before, ...rest } = before
  expect(await inbox.email(draft.emailId)).toMatchObject({ ...rest, ...sorted })
  expect((await inbox.email(draft.emailId)).confidence).not.toBe(before.confidence)
  expect(await inbox.draft(draft.id)).toMatchObject({ status: 'pending', version: 1 })
  const { steps, status } = await inbox.api.traces.get({ traceId })
  expect([status, ...steps.map(({ name }) => name)]).toEqual(['completed', 'classify'])
})

test('so is one whose reply is approved, one that is answered, and one that waits for nobody', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  const { emailId } = draft
  const again = async () => {
    model.next('classify', complaint)
    await inbox.api.emails.classify({ emailId })
    await app.drain()
    return inbox.email(emailId)
  }
  await inbox.api.settings.update({ undoWindowSeconds: 60 })
  await inbox.api.drafts.approve({ acceptOpenQuestions: true, draftId: draft.id, version: 1 })
  expect(await again()).toMatchObject({ ...sorted, status: 'approved', draft: { status: 'approved' } })
  app.clock.advance(61_000)
  await app.drainDelayed()
  expect(await again()).toMatchObject({ ...sorted, status: 'sent' })

  const parcel = await inbox.receive({ from: 'no-reply@shop.example', subject: 'Your parcel' })
  await inbox.api.emails.classify({ emailId: parcel.id })
  await app.drain()
  expect(await inbox.email(parcel.id)).toMatchObject({ status: 'no_reply', intent: 'other' })
})

test('a mail that nobody has asked the agent about stays pending', async () => {
  const inbox = await openInbox(app, { processOnSync: false, classifyOnSync: false })
  const { id: emailId } = await inbox.receive()
  model.next('classify', complaint)
  await inbox.api.emails.classify({ emailId })
  await app.drain()
  expect(await inbox.email(emailId)).toMatchObject({ ...sorted, status: 'pending', draft: null })
  expect((await inbox.api.emails.stats()).byIntent).toMatchObject({ complaint: 1, inquiry: 0 })
})

test('while a run of the mail is alive, none is begun', async () => {
  const inbox = await openInbox(app, { processOnSync: false, classifyOnSync: false })
  const { id: emailId } = await inbox.receive()
  const ask = () => inbox.api.emails.classify({ emailId })
  await inbox.api.emails.process({ emailId })
  await expect(ask()).rejects.toMatchObject(refusal('EMAIL_IN_PROGRESS'))
  const whileRunning: object[] = []
  hookSteps({
    async before(name) {
      if (name === 'record-classify') whileRunning.push(await seenOf(ask()))
    },
  })
  await app.drain()
  expect(whileRunning).toMatchObject([{ code: 'CONFLICT', reason: 'EMAIL_IN_PROGRESS' }])
  hookSteps(undefined)

  const answers = await Promise.all(Array.from({ length: 5 }, () => seenOf(ask())))
  expect(answers.filter((answer) => 'answer' in answer)).toHaveLength(1)
  await expect(inbox.api.emails.process({ emailId })).rejects.toMatchObject(refusal('EMAIL_IN_PROGRESS'))
})

test('nor is one that would stand in the way of the first', async () => {
  const inbox = await openInbox(app, { processOnSync: false, classifyOnSync: false })
  const { id: emailId } = await inbox.receive()
  const { db } = app
  await db.updateTable('emails').set({ awaitsRun: true }).where('userId', '=', inbox.userId).execute()
  await expect(inbox.api.emails.classify({ emailId })).rejects.toMatchObject(refusal('EMAIL_IN_PROGRESS'))
})

test('the owner’s own mail is not sorted, and a stranger’s is not there', async () => {
  const [inbox, stranger] = [await openInbox(app), await openInbox(app)]
  const { id: emailId } = await inbox.receive({ direction: 'out' })
  await expect(inbox.api.emails.classify({ emailId })).rejects.toMatchObject(refusal('EMAIL_NOT_INBOUND'))
  const foreign = await seenOf(stranger.api.emails.classify({ emailId }))
  expect(foreign).toEqual(await seenOf(stranger.api.emails.classify({ emailId: randomUUID() })))
  expect(foreign).toMatchObject({ code: 'NOT_FOUND' })
})
