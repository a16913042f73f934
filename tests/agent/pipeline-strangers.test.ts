import { afterAll, beforeEach, expect, test } from 'vitest'
import { createTestApp } from '../support/app.ts'
import { openInbox } from '../support/connected-inbox.ts'
import { createScriptedModel } from '../support/scripted-model.ts'

const model = createScriptedModel()
const app = await createTestApp({ ports: model.ports })
afterAll(() => app[Symbol.asyncDispose]())
beforeEach(() => model.reset())

const link = 'https://pay.example/invoice'
const iban = 'DE89 3704 0044 0532 0130 00'
const text = `Hello Mara,\r\n\r\ncould you pay at ${link} or to ${iban}, and call +44 20 7946 0958?\r\n\r\nAda`
const body = `Dear Ada,\n\nI pay at ${link} or to ${iban}, and call +44 20 7946 0958.`
const told = [
  { code: 'LEFT_OUT_LINK', text: 'Left out of the draft: a link from the mail.' },
  { code: 'LEFT_OUT_PHONE', text: 'Left out of the draft: a phone number from the mail.' },
  { code: 'LEFT_OUT_IBAN', text: 'Left out of the draft: an IBAN from the mail.' },
]

test('links, numbers and accounts of a stranger are not repeated to them, and the owner is told', async () => {
  const inbox = await openInbox(app, { signature: 'Mara, https://studio.example' })
  model.always('generate', (usual) => ({ ...usual, body }))
  const draft = await inbox.newDraft({ text })
  expect(draft.body).toBe('Dear Ada,\n\nI pay at or to, and call.\n\nMara, https://studio.example')
  expect(draft.reasons).toEqual(expect.arrayContaining(told))
})

test('what the owner has noted is repeated to a stranger', async () => {
  const inbox = await openInbox(app, { notes: [{ text: `Pay ${link}, ${iban}, 020 7946 0958`, shareable: true }] })
  model.always('generate', (usual) => ({ ...usual, body }))
  const draft = await inbox.newDraft({ text })
  expect(draft.body).toBe(body)
  expect(draft.reasons.filter(({ code }) => code.startsWith('LEFT_OUT'))).toEqual([])
})

test('whom the owner has written to before may be quoted', async () => {
  const inbox = await openInbox(app)
  const before = new Date(app.clock.now().getTime() - 60_000)
  await app.deliver(inbox.owner, { direction: 'out', subject: 'Hello', text: 'Hello Ada', at: before })
  await inbox.sync()
  model.always('generate', (usual) => ({ ...usual, body }))
  expect((await inbox.newDraft({ text })).body).toBe(body)
})

test.each([
  [
    '"Mara ceo@bank.example" <ada@engine.example>',
    { code: 'NAME_SHOWS_ADDRESS', text: 'The name shows another address.' },
  ],
  ['"Ada bank.example" <ada@engine.example>', { code: 'NAME_SHOWS_DOMAIN', text: 'The name shows a domain.' }],
  ['"Ada 020 7946 0958" <ada@engine.example>', { code: 'NAME_SHOWS_PHONE', text: 'The name shows a phone number.' }],
])('nobody is greeted as %s, whatever model writes, and the owner is told', async (from, reason) => {
  const inbox = await openInbox(app)
  model.next('generate', (usual) => ({ ...usual, body: `Dear ${from.split('"')[1]},\n\nit follows.` }))
  const draft = await inbox.newDraft({ from })
  expect(draft).toMatchObject({ body: 'Hello,\n\nit follows.' })
  expect(draft.reasons).toContainEqual(reason)
  const usual = await inbox.newDraft({ from, subject: 'Another matter' })
  expect(usual.body.split('\n')[0]).toMatch(/^(Hello|Good day|Hi),?$/)
})
