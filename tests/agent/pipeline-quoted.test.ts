import { afterAll, beforeEach, expect, test } from 'vitest'
import { UpstreamError } from '../../server/errors.ts'
import { createTestApp } from '../support/app.ts'
import { type Inbox, openInbox } from '../support/connected-inbox.ts'
import { createScriptedModel } from '../support/scripted-model.ts'

const model = createScriptedModel()
const app = await createTestApp({ ports: model.ports })
afterAll(() => app[Symbol.asyncDispose]())
beforeEach(() => model.reset())

const lines = (...texts: string[]) => texts.join('\r\n')
const attribution = 'On Tue, 3 Mar 2026 at 10:00, Mara Lindqvist <mara@studio.example> wrote:'
const ownQuestion = 'How much would two more drawings of the difference engine cost?'
const thanks = lines('Thanks, that is perfect!', '', attribution, `> ${ownQuestion}`)
/** Their question stands where a program quotes. */
const hiddenQuestion = lines(
  'Thank you!',
  '',
  attribution,
  '> Could you send me the contract for the garden house by Friday?',
)
const heldBack = { code: 'ASKS_IN_QUOTE', text: 'The question stands in a part that looked like quoted text.' }
const told = { code: 'ASKS_IN_QUOTE', text: 'What it asks looked like quoted text.' }

async function askOwnQuestion({ owner, sync }: Inbox): Promise<void> {
  const mail = { messageId: '<own@studio.example>', subject: 'Drawings', text: ownQuestion }
  await app.deliver(owner, { ...mail, direction: 'out' })
  await sync()
}

const mailsOf = (task: 'classify' | 'generate') => model.asked(task).map(({ facts }) => facts.mail)

test('what a mail quotes reaches the model as a quotation, and is not asked of the owner', async () => {
  const inbox = await openInbox(app)
  const text = lines('Could you send me the invoice, please?', '', attribution, `> ${ownQuestion}`)
  const { id } = await inbox.receive({ subject: 'Re: Drawings', text, inReplyTo: '<own@studio.example>' })
  expect(await inbox.email(id)).toMatchObject({ status: 'needs_review' })
  for (const mail of [...mailsOf('classify'), ...mailsOf('generate')]) {
    expect(mail).toMatchObject({ text: 'Could you send me the invoice, please?' })
    expect(mail.quoted).toContain(ownQuestion)
  }
  expect(model.asked('classify')).toHaveLength(1)
  expect((await inbox.draft((await inbox.email(id)).draft?.id ?? '')).body).not.toContain('drawings')
})

test('thanks above what the owner wrote need no reply', async () => {
  const inbox = await openInbox(app)
  await askOwnQuestion(inbox)
  const { id } = await inbox.receive({ subject: 'Re: Drawings', text: thanks, inReplyTo: '<own@studio.example>' })
  expect(await inbox.email(id)).toMatchObject({ status: 'no_reply', draft: null })
  const [, again] = mailsOf('classify')
  expect(again).toMatchObject({ quoted: '' })
  expect(again?.text).not.toContain(ownQuestion)
})

test('thanks that quote nothing but mail we hold are read once', async () => {
  const inbox = await openInbox(app)
  await askOwnQuestion(inbox)
  const text = lines('Thanks, that is perfect!', '', `> ${ownQuestion}`)
  const { id } = await inbox.receive({ subject: 'Re: Drawings', text, inReplyTo: '<own@studio.example>' })
  expect(await inbox.email(id)).toMatchObject({ status: 'no_reply' })
  expect(model.asked('classify')).toHaveLength(1)
})

test('what is read of a quotation does not tell whether it stands in mail that the sender could not read', async () => {
  const inbox = await openInbox(app)
  const text = lines('Thanks, that is perfect!', '', `> ${ownQuestion}`)
  const reply = { subject: 'Re: Drawings', text, inReplyTo: '<own@studio.example>' }
  const side = { messageId: '<own@studio.example>', subject: 'Drawings', text: ownQuestion, to: 'bob@studio.example' }
  await app.deliver(inbox.owner, { ...side, direction: 'out' })
  await inbox.sync()
  await inbox.receive(reply)
  expect(mailsOf('classify').map((mail) => mail.text)).toEqual([
    'Thanks, that is perfect!',
    expect.stringContaining(ownQuestion),
  ])
})

test('a question that looks quoted and stands in no mail we hold waits for the owner, and says why', async () => {
  const inbox = await openInbox(app)
  const text = hiddenQuestion
  const { id } = await inbox.receive({ subject: 'Re: House', text, inReplyTo: '<gone@studio.example>' })
  const mail = await inbox.email(id)
  expect(mail).toMatchObject({ status: 'needs_review', draft: { status: 'pending' } })
  expect(mail.reasons).toEqual(expect.arrayContaining([heldBack, told]))
  expect(mailsOf('classify').map(({ quoted }) => quoted === '')).toEqual([false, true])
  expect(mailsOf('generate')[0]).toMatchObject({ quoted: '', text: expect.stringContaining('garden house') })

  const [trace] = (await inbox.api.traces.list({ emailId: id })).items
  const { steps } = await inbox.api.traces.get({ traceId: trace?.id ?? '' })
  expect(steps[0]?.modelCalls.map(({ task, outcome }) => [task, outcome])).toEqual([
    ['classify', 'ok'],
    ['classify', 'ok'],
  ])
  expect(steps[0]?.output).toMatchObject({ needsReply: true, asks: 1 })
})

test('a model that names a question of an earlier mail the second time is not believed', async () => {
  const inbox = await openInbox(app)
  await askOwnQuestion(inbox)
  const asks = [{ text: ownQuestion.toUpperCase(), due: null }]
  model.next(
    'classify',
    (usual) => usual,
    (usual) => ({ ...usual, needsReply: true, asks }),
  )
  const { id } = await inbox.receive({ subject: 'Re: Drawings', text: thanks, inReplyTo: '<own@studio.example>' })
  expect(await inbox.email(id)).toMatchObject({ status: 'no_reply' })
  expect(model.asked('classify')).toHaveLength(2)
})

test('a mail the model finds nothing in twice needs no reply, and is not read a third time', async () => {
  const inbox = await openInbox(app)
  model.always('classify', (usual) => ({ ...usual, needsReply: false, reason: 'Nothing is asked.' }))
  const text = hiddenQuestion
  const { id } = await inbox.receive({ subject: 'Re: House', text, inReplyTo: '<gone@studio.example>' })
  expect(await inbox.email(id)).toMatchObject({
    status: 'no_reply',
    reasons: [{ code: 'CLASSIFIED', text: 'Nothing is asked.' }],
  })
  expect(model.asked('classify')).toHaveLength(2)
})

test('a mail in copy only is read once, whatever it quotes', async () => {
  const inbox = await openInbox(app)
  const mail = { subject: 'Re: House', text: hiddenQuestion, inReplyTo: '<gone@studio.example>' }
  const { id } = await inbox.receive({ ...mail, to: 'bob@engine.example', cc: inbox.owner.email })
  expect(await inbox.email(id)).toMatchObject({ status: 'no_reply' })
  expect(model.asked('classify')).toHaveLength(1)
})

test('a second question that fails is recorded beside the first', async () => {
  const inbox = await openInbox(app)
  const fail = () => Promise.reject(new UpstreamError('gemini', 'bad_answer', 'no answer'))
  model.next('classify', (usual) => usual, fail)
  const text = hiddenQuestion
  const { id } = await inbox.receive({ subject: 'Re: House', text, inReplyTo: '<gone@studio.example>' })
  const [trace] = (await inbox.api.traces.list({ emailId: id })).items
  const { steps } = await inbox.api.traces.get({ traceId: trace?.id ?? '' })
  expect(steps[0]?.modelCalls.map(({ outcome }) => outcome)).toEqual(['ok', 'bad_answer'])
})
