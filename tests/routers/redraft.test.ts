import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, expect, test } from 'vitest'
import { BulkOutcome, DraftInRewriting, type UpdateSettingsInput } from '../../shared-types/index.ts'
import { createTestApp } from '../support/app.ts'
import { httpClient, refusalOf } from '../support/http-client.ts'
import { findDraft, findMail, findTrace, newInbox } from '../support/inbox.ts'
import { createScriptedModel } from '../support/scripted-model.ts'

const model = createScriptedModel()
const app = await createTestApp({ ports: model.ports })
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => model.reset())

const question = 'How much would two more drawings cost?'
const delivery = 'When can they be delivered?'
const mail = { subject: 'Drawings', text: `Hello Mara,\r\n\r\n${question} ${delivery}\r\n\r\nAda` }

/** An owner with one draft in review that leaves two questions open, and their client. */
async function reviewing(settings: UpdateSettingsInput = {}) {
  const owner = await newInbox(app, mail)
  await app.as(owner).settings.update(settings)
  await app.drain()
  const draft = await findDraft(app, owner)
  return { owner, client: await httpClient(app, owner), draft, wanted: { draftId: draft.id, version: draft.version } }
}

test('an answer to an open question stands in the next draft, with the owner as its source', async () => {
  const { owner, client, draft, wanted } = await reviewing()
  const [price, time] = draft.openQuestions
  expect(draft.openQuestions.map(({ question: asked }) => asked)).toEqual([
    `What is the answer to “${question}”?`,
    `What is the answer to “${delivery}”?`,
  ])
  const answers = [{ id: price!.id, answer: 'Two cost 90 pounds.' }]
  const begun = await client.drafts.answer.mutate({ ...wanted, answers })
  expect(DraftInRewriting.parse(begun)).toMatchObject({ id: draft.id, status: 'pending' })
  expect(await refusalOf(client.drafts.approve.mutate({ ...wanted, acceptOpenQuestions: true }))).toMatchObject({
    reason: 'EMAIL_IN_PROGRESS',
  })
  await app.drain()

  const second = await findDraft(app, owner)
  expect(second.id).not.toBe(draft.id)
  expect(second.body).toContain('Two cost 90 pounds.')
  expect(second.openQuestions.map(({ question: asked }) => asked)).toEqual([time!.question])
  expect(second.sources).toEqual([{ kind: 'answer', id: null, label: price!.question, audience: 'correspondent' }])
  expect((await client.drafts.get.query({ draftId: draft.id })).status).toBe('superseded')

  // What was answered before is not asked again.
  const rest = [{ id: second.openQuestions[0]!.id, answer: 'Within a week.' }]
  await client.drafts.answer.mutate({ draftId: second.id, version: second.version, answers: rest })
  await app.drain()
  const third = await findDraft(app, owner)
  expect(third.openQuestions).toEqual([])
  expect(third.body).toContain('Two cost 90 pounds.')
  expect(third.body).toContain('Within a week.')
  expect((await findTrace(app, owner, third.emailId)).request).toEqual({
    answers: [
      { question: price!.question, answer: 'Two cost 90 pounds.' },
      { question: time!.question, answer: 'Within a week.' },
    ],
    draftId: second.id,
  })
})

test('a draft is written again by the instruction of its owner, who is told what was not followed', async () => {
  const { owner, client, draft, wanted } = await reviewing()
  const { traceId } = await client.drafts.regenerate.mutate({ ...wanted, instruction: 'Shorter, please' })
  await app.drain()
  expect((await client.traces.get.query({ traceId })).request).toMatchObject({ instruction: 'Shorter, please' })
  const shorter = await findDraft(app, owner)
  expect(shorter.body.length).toBeLessThan(draft.body.length)

  const instruction = 'Mention the exhibition in Lyon'
  await client.drafts.regenerate.mutate({ draftId: shorter.id, version: shorter.version, instruction })
  model.requests.length = 0
  await app.drain()
  expect(model.asked('generate')[0]?.facts).toMatchObject({ instruction, previous: shorter.body })
  const told = await findDraft(app, owner)
  expect(told.openQuestions[0]?.question).toContain(`“${instruction}”`)
})

test('a rejected draft may be tried again, a stale or decided one may not', async () => {
  const { owner, client, draft, wanted } = await reviewing()
  const stale = { ...wanted, version: wanted.version + 1 }
  expect(await refusalOf(client.drafts.regenerate.mutate(stale))).toMatchObject({ reason: 'DRAFT_CHANGED' })
  await client.drafts.approve.mutate({ ...wanted, acceptOpenQuestions: true })
  expect(await refusalOf(client.drafts.regenerate.mutate(wanted))).toMatchObject({ reason: 'DRAFT_ALREADY_APPROVED' })
  await client.drafts.cancelSend.mutate(wanted)
  await client.drafts.reject.mutate(wanted)
  await client.drafts.regenerate.mutate(wanted)
  expect(await refusalOf(client.drafts.regenerate.mutate(wanted))).toMatchObject({ reason: 'EMAIL_IN_PROGRESS' })
  await app.drain()
  expect((await findDraft(app, owner)).id).not.toBe(draft.id)
  expect(await refusalOf(client.drafts.regenerate.mutate(wanted))).toMatchObject({ reason: 'DRAFT_NOT_PENDING' })
  const other = { draftId: randomUUID(), version: 1 }
  expect(await refusalOf(client.drafts.regenerate.mutate(other))).toMatchObject({ reason: 'NOT_FOUND' })
})

test('an answer to a question that was not asked is refused, and nothing begins', async () => {
  const { client, wanted } = await reviewing()
  const answers = [{ id: 'q9', answer: 'Forty.' }]
  expect(await refusalOf(client.drafts.answer.mutate({ ...wanted, answers }))).toMatchObject({
    reason: 'VALIDATION_FAILED',
    message: 'The draft asks no question with the id “q9”.',
  })
  await client.drafts.approve.mutate({ ...wanted, acceptOpenQuestions: true })
})

test('when writing it again fails, the draft is there as before', async () => {
  const { owner, client, draft, wanted } = await reviewing()
  model.always('generate', () => ({ body: 5 }))
  await client.drafts.regenerate.mutate(wanted)
  await app.drain()
  for (let tries = 0; tries < 4; tries++) await app.drainDelayed()
  expect(await findDraft(app, owner)).toMatchObject({ id: draft.id, body: draft.body })
  const { status, reasons } = await findMail(app, owner, mail.subject)
  expect(status).toBe('needs_review')
  expect(reasons.map(({ code }) => code)).toEqual(['RUN_FAILED'])
})

test('mail that asks nothing gets a reply when its owner wants one, as they say', async () => {
  const owner = await newInbox(app, { subject: 'Thanks', text: 'Thank you for the drawings, no need to answer.' })
  await app.drain()
  const client = await httpClient(app, owner)
  const { id: emailId, status } = await findMail(app, owner, 'Thanks')
  expect(status).toBe('no_reply')
  await client.emails.process.mutate({ emailId })
  await app.drain()
  expect((await client.emails.get.query({ emailId })).status).toBe('no_reply')
  await client.emails.process.mutate({ emailId, replyAnyway: true, instruction: 'Formal' })
  await app.drain()
  expect((await client.emails.get.query({ emailId })).status).toBe('needs_review')
  expect((await findDraft(app, owner)).emailId).toBe(emailId)
})

test('several drafts are decided on at once, one outcome each', async () => {
  const { owner, client, wanted } = await reviewing()
  await app.deliver(owner, { ...mail, subject: 'More', from: 'Bob <bob@engine.example>' })
  await client.mailboxes.sync.mutate({ mailboxId: (await client.mailboxes.list.query()).items[0]!.id })
  await app.drain()
  const { items } = await client.drafts.list.query({ status: 'pending' })
  const second = items.find(({ id }) => id !== wanted.draftId)!
  const unknown = { draftId: randomUUID(), version: 1 }
  const drafts = [wanted, unknown, wanted, { draftId: second.id, version: 7 }]
  const outcome = BulkOutcome.parse(await client.drafts.bulkApprove.mutate({ acceptOpenQuestions: true, drafts }))
  expect(outcome.items.map((item) => (item.ok ? item.draft.status : item.reason))).toEqual([
    'approved',
    'NOT_FOUND',
    'DRAFT_ALREADY_APPROVED',
    'DRAFT_CHANGED',
  ])
  const rejected = await client.drafts.bulkReject.mutate({
    drafts: [{ draftId: second.id, version: second.version }, wanted],
    reason: 'I call them',
  })
  expect(rejected.items.map((item) => (item.ok ? item.draft.status : item.reason))).toEqual([
    'rejected',
    'DRAFT_ALREADY_APPROVED',
  ])
  expect((await client.emails.get.query({ emailId: second.emailId })).reasons[0]?.text).toContain('I call them')
})
