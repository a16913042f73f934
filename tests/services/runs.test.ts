import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, expect, test } from 'vitest'
import { faultMatrix } from '../../google-sandbox/sandbox.ts'
import { hookSteps } from '../../server/step.ts'
import { createTestApp } from '../support/app.ts'
import { type Inbox, openInbox } from '../support/connected-inbox.ts'
import { refusal, seenOf } from '../support/refusals.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => hookSteps(undefined))

const runsOf = async (inbox: Inbox) => (await inbox.api.traces.list({})).items

test('a mail is worked on once however often it is asked for, before and while it runs', async () => {
  const inbox = await openInbox(app, { processOnSync: false, classifyOnSync: false })
  const { id: emailId } = await inbox.receive()
  const ask = () => inbox.api.emails.process({ emailId })
  const { traceId } = await ask()
  expect(await inbox.api.traces.get({ traceId })).toMatchObject({ status: 'queued', emailId, stepCount: 0 })
  await expect(ask()).rejects.toMatchObject(refusal('EMAIL_IN_PROGRESS'))

  const whileRunning: object[] = []
  hookSteps({
    async before(name) {
      if (name === 'record-classify') whileRunning.push(await seenOf(ask()))
    },
  })
  await app.drain()
  expect(whileRunning).toMatchObject([{ code: 'CONFLICT', reason: 'EMAIL_IN_PROGRESS' }])
  expect(await runsOf(inbox)).toMatchObject([{ id: traceId, status: 'completed' }])
})

test('many requests at once make one run', async () => {
  const inbox = await openInbox(app, { processOnSync: false, classifyOnSync: false })
  const { id: emailId } = await inbox.receive()
  const answers = await Promise.all(Array.from({ length: 10 }, () => seenOf(inbox.api.emails.process({ emailId }))))
  expect(answers.filter((answer) => 'answer' in answer)).toHaveLength(1)
  expect(await runsOf(inbox)).toHaveLength(1)
})

test('a mail with an approved reply is left alone until the send is cancelled', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  const version = { draftId: draft.id, version: draft.version }
  const ask = () => inbox.api.emails.process({ emailId: draft.emailId })
  await inbox.api.drafts.approve({ ...version, acceptOpenQuestions: true })
  await expect(ask()).rejects.toMatchObject(refusal('EMAIL_ALREADY_APPROVED'))
  await inbox.api.drafts.cancelSend(version)
  await ask()
  await app.drain()
  expect(await runsOf(inbox)).toHaveLength(2)
})

test('so is one whose reply is being sent, and one that was answered', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  const ask = () => inbox.api.emails.process({ emailId: draft.emailId })
  await inbox.api.drafts.approve({ acceptOpenQuestions: true, draftId: draft.id, version: draft.version })
  app.google.inject({ match: { path: /\/drafts\/send$/, email: inbox.owner.email }, kind: faultMatrix.reset })
  await app.drainDelayed()
  expect(await inbox.draft(draft.id)).toMatchObject({ status: 'sending' })
  await expect(ask()).rejects.toMatchObject(refusal('EMAIL_ALREADY_APPROVED'))

  await app.drainDelayed()
  expect(await inbox.draft(draft.id)).toMatchObject({ status: 'sent' })
  await expect(ask()).rejects.toMatchObject(refusal('EMAIL_ALREADY_SENT'))
  expect(await runsOf(inbox)).toHaveLength(1)
})

test('the owner’s own mail cannot be worked on', async () => {
  const inbox = await openInbox(app)
  const { id: emailId } = await inbox.receive({ direction: 'out' })
  await expect(inbox.api.emails.process({ emailId })).rejects.toMatchObject(refusal('EMAIL_NOT_INBOUND'))
})

test('mail that needed no reply can be worked on all the same', async () => {
  const inbox = await openInbox(app)
  const email = await inbox.receive({ from: 'no-reply@shop.example', subject: 'Your parcel' })
  expect(email.status).toBe('no_reply')
  await inbox.api.emails.process({ emailId: email.id })
  await app.drain()
  expect(await runsOf(inbox)).toMatchObject([{ status: 'completed' }, { status: 'completed' }])
  expect(await inbox.email(email.id)).toMatchObject({ status: 'no_reply' })
})

test('another owner’s mail answers exactly like one that does not exist', async () => {
  const [inbox, stranger] = [await openInbox(app), await openInbox(app)]
  const { id: emailId } = await inbox.receive()
  const foreign = await seenOf(stranger.api.emails.process({ emailId }))
  expect(foreign).toEqual(await seenOf(stranger.api.emails.process({ emailId: randomUUID() })))
  expect(foreign).toMatchObject({ code: 'NOT_FOUND', reason: 'NOT_FOUND' })
  expect(await runsOf(inbox)).toHaveLength(1)
})
