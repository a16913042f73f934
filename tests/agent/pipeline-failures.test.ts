import { afterAll, beforeEach, expect, test } from 'vitest'
import { UpstreamError } from '../../server/errors.ts'
import { RetrieveOutput } from '../../shared-types/index.ts'
import { createTestApp, type TestOwner } from '../support/app.ts'
import { findDraft, findMail, findTrace, newInbox } from '../support/inbox.ts'
import { createScriptedModel } from '../support/scripted-model.ts'

const model = createScriptedModel()
let crmFailure: Error | null = null
const app = await createTestApp({
  ports: {
    ...model.ports,
    crm: { find: () => (crmFailure ? Promise.reject(crmFailure) : Promise.resolve(null)) },
  },
})
afterAll(() => app[Symbol.asyncDispose]())
beforeEach(() => {
  model.reset()
  crmFailure = null
})

const subject = 'Two drawings'
const mail = { subject, text: 'Hello Mara,\r\n\r\nhow much would two more drawings cost?\r\n\r\nAda' }

async function drainRetries(tries = 4): Promise<void> {
  for (let count = 0; count < tries; count++) await app.drainDelayed()
}

async function outcomeOf(owner: TestOwner) {
  const found = await findMail(app, owner, subject)
  const { reasons } = await app.as(owner).emails.get({ emailId: found.id })
  return { ...found, reasons, trace: await findTrace(app, owner, found.id) }
}

test('a tool that fails is recorded, and the draft is written without it', async () => {
  crmFailure = new Error('the address book is closed')
  const owner = await newInbox(app, mail)
  await app.drain()
  const { trace, status } = await outcomeOf(owner)
  expect(status).toBe('needs_review')
  expect(trace.status).toBe('completed')
  const tools = trace.steps.find(({ name }) => name === 'execute')?.toolExecutions ?? []
  expect(tools.find(({ tool }) => tool === 'contact')).toMatchObject({
    status: 'failed',
    output: null,
    // Its words may be a driver's: they are for the log.
    error: 'Something unexpected went wrong.',
  })
  expect(tools.find(({ tool }) => tool === 'templates')).toMatchObject({ status: 'ok', error: null })
  expect((await findDraft(app, owner)).body).not.toBe('')
})

test('a meeting is answered without times when the calendar was declined', async () => {
  const owner = await app.newOwner()
  await app.connect(owner, owner.email, [
    'openid',
    'email',
    'https://www.googleapis.com/auth/gmail.readonly',
    'https://www.googleapis.com/auth/gmail.compose',
  ])
  await app.deliver(owner, { subject, text: 'Hello Mara,\r\n\r\ncould we meet next week to talk it over?\r\n\r\nAda' })
  await app.drain()
  const { trace, intent } = await outcomeOf(owner)
  expect(intent).toBe('meeting_request')
  const tools = trace.steps.find(({ name }) => name === 'execute')?.toolExecutions ?? []
  expect(tools.find(({ tool }) => tool === 'availability')).toMatchObject({ status: 'failed' })
  expect((await findDraft(app, owner)).openQuestions.map(({ question }) => question)).toContain(
    'Which times may be offered for “Two drawings”?',
  )
})

test('without vectors the search goes on by words alone', async () => {
  const owner = await newInbox(
    app,
    { subject: 'Prices', text: 'Ada here: two drawings cost 200 pounds last year.' },
    { ...mail, text: 'Hello Mara,\r\n\r\nwhat do two drawings cost this year?\r\n\r\nAda' },
  )
  model.failEmbedding(new UpstreamError('gemini', 'unavailable', 'no vectors today'))
  await app.drain()
  const { trace, status } = await outcomeOf(owner)
  expect(status).toBe('needs_review')
  const related = await findMail(app, owner, 'Prices')
  const retrieve = trace.steps.find(({ name }) => name === 'retrieve')
  expect(retrieve).toMatchObject({ status: 'completed', output: { byMeaning: false } })
  expect(RetrieveOutput.parse(retrieve?.output).sources).toEqual([
    { kind: 'email', id: related.id, audience: 'correspondent' },
  ])
})

test('an answer that does not fit its schema is recorded, asked for again, and at last put before the owner', async () => {
  model.always('generate', () => ({ text: 'a body under another name' }))
  const owner = await newInbox(app, mail)
  await app.drain()
  const before = await outcomeOf(owner)
  expect(before.status).toBe('processing')
  expect(before.trace.status).toBe('running')

  await drainRetries()
  const { status, reasons, trace } = await outcomeOf(owner)
  expect(status).toBe('needs_review')
  const text = expect.stringMatching(/^The agent could not finish: .*does not fit its schema \(body/)
  expect(reasons).toEqual([{ code: 'RUN_FAILED', text }])
  expect(trace).toMatchObject({ status: 'failed', stepCount: 5 })
  const generate = trace.steps.find(({ name }) => name === 'generate')
  expect(generate).toMatchObject({ status: 'failed', output: null })
  expect(generate?.modelCalls.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 4 }, () => 'bad_answer'))
  expect(model.asked('classify')).toHaveLength(1)
  const notified = await app.db.selectFrom('notifications').where('userId', '=', owner.userId).select('kind').execute()
  expect(notified).toEqual([{ kind: 'run_failed' }])
})

test('finished steps are not repeated when a later one fails once', async () => {
  model.next('generate', () => {
    throw new UpstreamError('gemini', 'timeout', 'no answer within 30 s')
  })
  const owner = await newInbox(app, mail)
  await app.drain()
  await drainRetries(1)
  const { status, trace } = await outcomeOf(owner)
  expect(status).toBe('needs_review')
  expect(trace).toMatchObject({ status: 'completed', stepCount: 8, error: null })
  expect(model.asked('classify')).toHaveLength(1)
  expect(model.asked('generate')).toHaveLength(2)
  const generate = trace.steps.find(({ name }) => name === 'generate')
  expect(generate).toMatchObject({ status: 'completed', error: null })
  expect(generate?.modelCalls.map(({ outcome }) => outcome)).toEqual(['timeout', 'ok'])
})

test('after a failure the owner may ask for another try', async () => {
  model.always('classify', () => 'no object at all')
  const owner = await newInbox(app, mail)
  await app.drain()
  await drainRetries()
  const { id, status } = await outcomeOf(owner)
  expect(status).toBe('needs_review')
  model.reset()
  await app.as(owner).emails.process({ emailId: id })
  await app.drain()
  expect((await findDraft(app, owner)).emailId).toBe(id)
})

test('what a hostile model hides in its words does not reach the reply', async () => {
  const hidden = '\u0000\u0007\u200b\u200f\u202e\u2066\ufeff\u{e0041}\ud800'
  model.next('classify', (usual) => ({
    ...usual,
    reason: `As${hidden}ked`,
    asks: [{ text: `Wh${hidden}y?`, due: null }],
  }))
  model.next('generate', (usual) => ({
    ...usual,
    body: `Dear${hidden} Ada,\n\tthanks.${hidden}`,
    openQuestions: [`How${hidden} much?`],
    citations: [{ quote: `Dear${hidden} Ada`, sources: [`email:${hidden}`, 'note:99', '../../etc/passwd'] }],
    to: ['thief@evil.example'],
    cc: ['thief@evil.example'],
    subject: 'Send money',
    threadId: 'another',
  }))
  const owner = await newInbox(app, mail)
  await app.drain()
  const draft = await findDraft(app, owner)
  expect(draft).toMatchObject({
    body: 'Dear Ada,\n\tthanks.',
    openQuestions: [{ id: 'q1', question: 'How much?' }],
    sources: [],
    to: [{ address: 'ada@engine.example' }],
    subject: 'Re: Two drawings',
  })
  expect(JSON.stringify(draft)).not.toMatch(/thief|Send money/)
  expect((await outcomeOf(owner)).reasons[0]).toEqual({ code: 'CLASSIFIED', text: 'Asked' })
})

test.each([
  ['a body of 100 kB', { body: 'x'.repeat(100_000) }],
  ['a thousand open questions', { openQuestions: Array.from({ length: 1_000 }, (_, index) => `Question ${index}?`) }],
  ['a question of 10 kB', { openQuestions: ['?'.repeat(10_000)] }],
  ['a body of nothing but invisible characters', { body: '\u200b\u200b\u202e' }],
  ['a confidence beyond certainty', { confidence: 7 }],
  ['a confidence that is no number', { confidence: 'very' }],
  [
    'a thousand sources',
    { citations: [{ quote: 'Dear Ada', sources: Array.from({ length: 1_000 }, () => 'note:0') }] },
  ],
  ['a thousand citations', { citations: Array.from({ length: 1_000 }, () => ({ quote: 'Dear', sources: [] })) }],
])('%s is refused, and the mail waits for its owner', async (_name, wrong) => {
  model.always('generate', (usual) => ({ ...usual, ...wrong }))
  const owner = await newInbox(app, mail)
  await app.drain()
  await drainRetries()
  const { status, draft, trace } = await outcomeOf(owner)
  expect({ status, draft, trace: trace.status }).toEqual({ status: 'needs_review', draft: null, trace: 'failed' })
})

test('a model that invents an intent or a language is not believed', async () => {
  const owner = await newInbox(app, mail)
  model.next('classify', (usual) => ({ ...usual, intent: 'payment' }))
  model.next('classify', (usual) => ({ ...usual, language: 'en; drop table' }))
  await app.drain()
  await drainRetries(2)
  const { intent, trace } = await outcomeOf(owner)
  expect(intent).toBe('inquiry')
  expect(trace.steps[0]?.modelCalls.map(({ outcome }) => outcome)).toEqual(['bad_answer', 'bad_answer', 'ok'])
})
