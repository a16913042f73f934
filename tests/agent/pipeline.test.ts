import { afterAll, beforeEach, expect, test } from 'vitest'
import { RetrieveOutput } from '../../shared-types/index.ts'
import { createTestApp, type TestOwner } from '../support/app.ts'
import { findDraft, findMail, findTrace, newInbox } from '../support/inbox.ts'
import { createScriptedModel } from '../support/scripted-model.ts'

const model = createScriptedModel()
const app = await createTestApp({ ports: model.ports })
afterAll(() => app[Symbol.asyncDispose]())
beforeEach(() => model.reset())

const question = 'Hello Mara,\r\n\r\nhow much would two more drawings cost? Could you tell me by Friday?\r\n\r\nAda'
const notificationsOf = (owner: TestOwner) =>
  app.db.selectFrom('notifications').where('userId', '=', owner.userId).select(['kind', 'payload']).execute()

test('a mail that wants an answer ends as a draft in review, and the owner is told', async () => {
  const owner = await newInbox(app, { subject: 'Two drawings', text: question })
  await app.drain()
  const mail = await findMail(app, owner, 'Two drawings')
  expect(mail).toMatchObject({ intent: 'inquiry', status: 'needs_review', draft: { version: 1, status: 'pending' } })
  const draft = await findDraft(app, owner)
  expect(draft).toMatchObject({
    emailId: mail.id,
    subject: 'Re: Two drawings',
    to: [{ name: 'Ada Byron', address: 'ada@engine.example' }],
    from: { address: owner.email },
    sendAt: null,
  })
  expect(draft.body.length).toBeGreaterThan(20)
  expect(draft.reasons).toContainEqual({ code: 'AUTONOMY_OFF', text: 'Automatic sending is off.' })
  expect(await notificationsOf(owner)).toEqual([
    { kind: 'draft_ready', payload: { emailId: mail.id, draftId: draft.id } },
  ])
})

test('each step of a run is recorded in order with its time, its calls and no word of any mail', async () => {
  const canary = (place: string) => `ZanzibarCanary${place}`
  const thread = { messageId: '<first@engine.example>', subject: 'Two drawings' }
  const owner = await newInbox(
    app,
    { ...thread, text: `Dear Mara, the drawings for the ${canary('thread')} are late.` },
    { subject: 'The drawings of last year', text: `The drawings ${canary('related')} cost 400 pounds.` },
    { inReplyTo: '<first@engine.example>', subject: 'Re: Two drawings', text: `${question} ${canary('mail')}` },
  )
  await app.as(owner).settings.update({ notes: [{ text: `I know ${canary('note')} drawings`, shareable: true }] })
  await app.drain()
  await app.db
    .updateTable('contacts')
    .set({ notes: canary('contact'), company: canary('company') })
    .where('userId', '=', owner.userId)
    .execute()
  const mail = await findMail(app, owner, 'Re: Two drawings')
  const { traceId } = await app.as(owner).emails.process({ emailId: mail.id })
  await app.drain()

  const trace = await app.as(owner).traces.get({ traceId })
  expect(trace).toMatchObject({ status: 'completed', intent: 'inquiry', stepCount: 8, tokens: 330, error: null })
  expect(trace.cost).toBeCloseTo(0.003)
  expect(trace.totalMs).toBeGreaterThanOrEqual(0)
  expect(trace.steps.map(({ name, order, status }) => [name, order, status])).toEqual([
    ['classify', 0, 'completed'],
    ['gate', 1, 'completed'],
    ['retrieve', 2, 'completed'],
    ['decide', 3, 'completed'],
    ['execute', 4, 'completed'],
    ['generate', 5, 'completed'],
    ['verify', 6, 'completed'],
    ['review', 7, 'completed'],
  ])
  for (const step of trace.steps) {
    expect(step.ms).toBeGreaterThanOrEqual(0)
    expect(step.input).toMatchObject({ emailId: mail.id })
  }
  const [first, related] = [
    await findMail(app, owner, 'Two drawings'),
    await findMail(app, owner, 'The drawings of last year'),
  ]
  expect(RetrieveOutput.parse(trace.steps[2]?.output)).toEqual({
    sources: [
      { kind: 'thread', id: first.id, audience: 'correspondent' },
      { kind: 'email', id: related.id, audience: 'correspondent' },
      { kind: 'note', id: null, audience: 'correspondent' },
    ],
    unanswered: [],
    byMeaning: true,
  })
  expect(trace.steps[3]?.output).toEqual({ tools: ['contact', 'templates'] })
  expect(trace.steps[4]?.toolExecutions).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ tool: 'contact', status: 'ok', input: { emailId: mail.id }, error: null }),
      expect.objectContaining({ tool: 'templates', status: 'ok', output: { templateIds: [] } }),
    ]),
  )
  const calls = trace.steps.flatMap(({ modelCalls }) => modelCalls)
  expect(
    calls.map(({ task, model, outcome, inputTokens, outputTokens }) => [
      task,
      model,
      outcome,
      inputTokens,
      outputTokens,
    ]),
  ) //
    .toEqual([
      ['classify', 'scripted', 'ok', 100, 10],
      ['decide', 'scripted', 'ok', 100, 10],
      ['generate', 'scripted', 'ok', 100, 10],
    ])
  // The canaries did reach the model, so that their absence from the trace says something.
  const prompts = model.asked('generate').at(-1)?.prompt ?? ''
  for (const place of ['thread', 'related', 'mail', 'note', 'contact', 'company'])
    expect(prompts).toContain(canary(place))
  expect(JSON.stringify(trace)).not.toContain('Zanzibar')
  const stored = await app.db.selectFrom('agentSteps').where('traceId', '=', traceId).selectAll().execute()
  expect(JSON.stringify(stored)).not.toContain('Zanzibar')
})

test('of a long thread the model is told the newest messages, and how many came before them', async () => {
  const long = `The brass gears are long. ${'They go round and round.\r\n'.repeat(120)}`
  const messages = Array.from({ length: 24 }, (_, index) => ({
    direction: index % 2 ? ('out' as const) : ('in' as const),
    subject: 'Re: Gears',
    text: `Message ${index}.\r\n${long}`,
    messageId: `<m${index}@engine.example>`,
    ...(index > 0 && { inReplyTo: `<m${index - 1}@engine.example>` }),
  }))
  await newInbox(app, ...messages, { subject: 'Re: Gears', text: question, inReplyTo: '<m23@engine.example>' })
  await app.drain()
  const { facts } = model.asked('generate').at(-1)!
  const context = facts.task === 'generate' ? facts.context.filter(({ kind }) => kind === 'thread') : []
  expect(context.length).toBeGreaterThan(5)
  expect(context.length).toBeLessThan(24)
  expect(context[0]?.before).toBe(`${24 - context.length} earlier messages left out`)
  expect(context.at(-1)?.text).toContain('round and round.\nThey')
  expect(context.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(16_000)
})

test('machine mail is put aside without asking any model', async () => {
  const owner = await newInbox(app, { subject: 'Digest', headers: ['List-Id: <news.engine.example>'] })
  await app.drain()
  const mail = await findMail(app, owner, 'Digest')
  expect(mail).toMatchObject({ intent: 'other', confidence: 1, status: 'no_reply', draft: null })
  const { reasons } = await app.as(owner).emails.get({ emailId: mail.id })
  expect(reasons).toEqual([{ code: 'LIST_MAIL', text: 'It is list mail (list-id header).' }])
  const trace = await findTrace(app, owner, mail.id)
  expect(trace.steps.map(({ name }) => name)).toEqual(['classify'])
  expect(trace.steps[0]?.output).toMatchObject({ decidedBy: 'rule' })
  expect(model.requests).toEqual([])
  expect(await notificationsOf(owner)).toEqual([])
})

test.each([
  [
    'spam',
    {
      text: 'Congratulations!!! You have WON the lottery prize of $1,000,000. Click here to claim your prize now: http://win.example',
      subject: 'WINNER!!! Claim your prize',
    },
    'spam',
  ],
  [
    'thanks',
    { subject: 'Thanks', text: 'Dear Mara,\r\n\r\nthank you very much, that is perfect!\r\n\r\nAda' },
    'other',
  ],
])('%s needs no reply', async (_name, mail, intent) => {
  const owner = await newInbox(app, mail)
  await app.drain()
  expect(await findMail(app, owner, mail.subject)).toMatchObject({ intent, status: 'no_reply', draft: null })
})

test('a mail that names the owner only in copy needs no reply', async () => {
  const owner = await app.newOwner()
  await app.connect(owner)
  await app.deliver(owner, { subject: 'For Bob', text: question, to: 'bob@engine.example', cc: owner.email })
  await app.drain()
  const mail = await findMail(app, owner, 'For Bob')
  expect(mail).toMatchObject({ intent: 'inquiry', status: 'no_reply' })
  const { reasons } = await app.as(owner).emails.get({ emailId: mail.id })
  expect(reasons).toEqual([{ code: 'ONLY_IN_COPY', text: 'You are only in copy.' }])
})

test('a question the owner has answered since needs no reply', async () => {
  const owner = await newInbox(
    app,
    { subject: 'Two drawings', text: question, messageId: '<q@engine.example>' },
    { direction: 'out', subject: 'Re: Two drawings', text: 'They cost 200 pounds.', inReplyTo: '<q@engine.example>' },
  )
  await app.drain()
  const mail = await findMail(app, owner, 'Two drawings')
  expect(mail.status).toBe('no_reply')
  const { reasons } = await app.as(owner).emails.get({ emailId: mail.id })
  expect(reasons).toEqual([{ code: 'ANSWERED_IN_GMAIL', text: 'You answered this in Gmail.' }])
})

test('what the owner wrote to somebody else in the thread answers nobody', async () => {
  const owner = await newInbox(
    app,
    { subject: 'Two drawings', text: question, messageId: '<q@engine.example>' },
    {
      direction: 'out',
      to: 'bob@studio.example',
      subject: 'Fwd: Two drawings',
      text: 'Bob, what do we take for these?',
      inReplyTo: '<q@engine.example>',
    },
  )
  await app.drain()
  expect(await findMail(app, owner, 'Two drawings')).toMatchObject({ status: 'needs_review' })
})

test('two mails of one person before an answer are one request, with one draft', async () => {
  const owner = await newInbox(
    app,
    { subject: 'Two drawings', text: question, messageId: '<q@engine.example>' },
    { subject: 'Re: Two drawings', text: `I forgot: ${question}`, inReplyTo: '<q@engine.example>' },
  )
  await app.drain()
  const older = await findMail(app, owner, 'Two drawings')
  expect(older.status).toBe('needs_review')
  const { reasons } = await app.as(owner).emails.get({ emailId: older.id })
  expect(reasons).toEqual([
    { code: 'ANSWERED_WITH', text: 'It is answered with the newer message “Re: Two drawings”.' },
  ])
  expect(await findMail(app, owner, 'Re: Two drawings')).toMatchObject({ status: 'needs_review' })
  expect((await findDraft(app, owner)).subject).toBe('Re: Two drawings')
})

test('an out-of-office notice does not take over from the question before it', async () => {
  const owner = await newInbox(
    app,
    { subject: 'Two drawings', text: question, messageId: '<q@engine.example>' },
    {
      subject: 'Re: Two drawings',
      text: 'I am away until Monday.',
      inReplyTo: '<q@engine.example>',
      headers: ['Auto-Submitted: auto-replied'],
    },
  )
  await app.drain()
  expect(await findMail(app, owner, 'Two drawings')).toMatchObject({ status: 'needs_review' })
})

test('the run over a mail that was settled meanwhile ends, and leaves mail and draft as they are', async () => {
  const owner = await newInbox(app, { subject: 'Two drawings', text: question })
  await app.drain()
  const { id, emailId } = await findDraft(app, owner)
  const { traceId } = await app.as(owner).emails.process({ emailId })
  await app.db.updateTable('emails').set({ status: 'sent' }).where('id', '=', emailId).execute()
  const asked = model.requests.length
  await app.drain()
  expect(await app.as(owner).traces.get({ traceId })).toMatchObject({ status: 'failed', steps: [] })
  expect(model.requests).toHaveLength(asked)
  expect(await app.as(owner).emails.get({ emailId })).toMatchObject({ status: 'sent', draft: { id } })
})
