import { DateTime } from 'luxon'
import { afterAll, beforeEach, expect, test } from 'vitest'
import type { ModelFacts } from '../../server/model-question.ts'
import type { UpdateSettingsInput } from '../../shared-types/index.ts'
import { createTestApp } from '../support/app.ts'
import { findDraft, newInbox } from '../support/inbox.ts'
import type { MailToWrite } from '../support/mail.ts'
import { createScriptedModel } from '../support/scripted-model.ts'

const model = createScriptedModel()
const app = await createTestApp({ ports: model.ports })
afterAll(() => app[Symbol.asyncDispose]())
beforeEach(() => model.reset())

const question = {
  subject: 'Two drawings',
  text: 'Hello Mara,\r\n\r\nhow much would two more drawings cost?\r\n\r\nAda',
}
const meeting = { subject: 'Meet?', text: 'Hello Mara,\r\n\r\ncould we meet next week to talk it over?\r\n\r\nAda' }
const german = {
  subject: 'Treffen',
  text: 'Liebe Mara,\r\n\r\nkönnen wir uns nächste Woche treffen? Wann passt es dir?\r\n\r\nViele Grüße\r\nAda',
}
const french = {
  subject: 'Rendez-vous',
  text: 'Bonjour Mara,\r\n\r\npouvons-nous nous rencontrer la semaine prochaine ? Quand êtes-vous disponible ?\r\n\r\nCordialement\r\nAda',
}

type GenerateFacts = Extract<ModelFacts, { task: 'generate' }>

/** The draft these settings give, and what the model was told. */
async function draftWith(settings: UpdateSettingsInput, ...mails: MailToWrite[]) {
  const owner = await newInbox(app, ...mails)
  await app.as(owner).settings.update(settings)
  await app.drain()
  const [request] = model.asked('generate')
  if (!request) throw new Error('no reply was asked for')
  return { owner, draft: await findDraft(app, owner), facts: request.facts as GenerateFacts, prompt: request.prompt }
}

test.each([
  ['the mail’s own, if the owner answers in it', ['en', 'de'], german, 'de'],
  ['the preferred one, if the owner does not', ['en', 'de'], french, 'en'],
  ['the preferred one again', ['de', 'en'], french, 'de'],
  ['one of many', ['es', 'en', 'fr'], french, 'fr'],
])('the language of a reply is %s', async (_name, languages, mail, expected) => {
  const { facts } = await draftWith({ languages }, mail)
  expect(facts.language).toBe(expected)
})

test('free times are worded in the language of the reply, not of the mail', async () => {
  const days = /lundi|mardi|mercredi|jeudi|vendredi/
  const { facts, draft } = await draftWith({ languages: ['de'] }, french)
  expect(facts.slots.length).toBeGreaterThan(0)
  expect(facts.slots.join(' ')).toMatch(/Montag|Dienstag|Mittwoch|Donnerstag|Freitag/)
  expect(`${facts.slots.join(' ')} ${draft.body}`).not.toMatch(days)
})

test('a template in another language than the reply’s stays out', async () => {
  const owner = await newInbox(app, french)
  await app.as(owner).settings.update({ languages: ['de'] })
  const now = app.clock.now().toISOString()
  const row = { userId: owner.userId, intent: 'meeting_request', createdAt: now, updatedAt: now } as const
  await app.db
    .insertInto('templates')
    .values([
      { ...row, id: crypto.randomUUID(), name: 'french', language: 'fr', body: 'Avec plaisir.' },
      { ...row, id: crypto.randomUUID(), name: 'german', language: 'de', body: 'Sehr gern.' },
    ])
    .execute()
  await app.drain()
  const facts = model.asked('generate')[0]?.facts as GenerateFacts
  expect(facts.context.filter(({ kind }) => kind === 'template').map(({ text }) => text)).toEqual(['Sehr gern.'])
})

test('the tone is the owner’s', async () => {
  for (const tone of ['friendly', 'neutral', 'formal'] as const) {
    model.reset()
    const { facts, prompt } = await draftWith({ tone }, question)
    expect(facts.owner.tone).toBe(tone)
    expect(JSON.parse(prompt)).toMatchObject({ owner: { tone } })
  }
})

test('the signature closes the draft, whatever the model wrote; none adds nothing', async () => {
  model.always('generate', (usual) => ({ ...usual, body: 'Dear Ada,\n\ngladly.' }))
  const signed = await draftWith({ signature: '  Mara Lindqvist\nStudio Lindqvist  \n' }, question)
  expect(signed.draft.body).toBe('Dear Ada,\n\ngladly.\n\nMara Lindqvist\nStudio Lindqvist')
  const plain = await draftWith({ signature: '  ' }, question)
  expect(plain.draft.body).toBe('Dear Ada,\n\ngladly.')
})

test('notes reach the model, and only shareable ones count as known to the correspondent', async () => {
  const notes = [
    { text: 'A drawing costs 100 pounds.', shareable: true },
    { text: 'Ada always pays late.', shareable: false },
  ]
  model.always('generate', (usual) => ({ ...usual, citations: [{ quote: 'Dear Ada', sources: ['note:0', 'note:1'] }] }))
  const { facts, draft } = await draftWith({ notes }, question)
  expect(facts.context.filter(({ kind }) => kind === 'note')).toEqual([
    { id: 'note:0', kind: 'note', label: notes[0]?.text, text: notes[0]?.text, audience: 'correspondent' },
    { id: 'note:1', kind: 'note', label: notes[1]?.text, text: notes[1]?.text, audience: 'owner' },
  ])
  expect(draft.sources.map(({ kind, audience }) => [kind, audience])).toEqual([
    ['note', 'correspondent'],
    ['note', 'owner'],
  ])
})

test('the offline model never writes a private note into a reply', async () => {
  const notes = [{ text: 'Two drawings cost 77 pounds for friends, but Ada pays late.', shareable: false }]
  const { draft } = await draftWith({ notes }, question)
  expect(draft.body).not.toMatch(/77 pounds|pays late/)
})

test('offered times keep to working days, hours and zone, and around what the calendar holds', async () => {
  const zone = 'America/New_York'
  const settings = { workingDays: [2, 4], workingHoursStart: '13:00', workingHoursEnd: '15:00', timeZone: zone }
  const owner = await newInbox(app, meeting)
  await app.as(owner).settings.update(settings)
  for (let days = 1; days <= 10; days++) {
    const start = DateTime.fromJSDate(app.clock.now(), { zone }).startOf('day').plus({ days, hours: 13 })
    const end = start.plus({ minutes: 30 })
    await app.google.addEvent(owner.email, { summary: 'Secret dentist', start: start.toJSDate(), end: end.toJSDate() })
  }
  await app.drain()
  const [request] = model.asked('generate')
  if (!request) throw new Error('no reply was asked for')
  const { slots, context } = request.facts as GenerateFacts
  expect(slots.length).toBeGreaterThan(1)
  const label = /^(Tuesday|Thursday), .*, (13:30–14:30|14:00–15:00) \(America\/New_York, UTC-[45]\)$/
  for (const slot of slots) expect(slot).toMatch(label)
  expect(slots[1]).toContain('13:30–14:30')
  expect(context.find(({ kind }) => kind === 'calendar')).toMatchObject({ audience: 'owner' })
  expect(request.prompt).not.toContain('dentist')
  expect((await findDraft(app, owner)).body).toContain(slots[0])
})

test('where replies go elsewhere, the context is only what both addresses could read', async () => {
  const { facts, draft } = await draftWith(
    {},
    { direction: 'out', subject: 'Price of drawings', text: 'Two drawings cost 100 pounds.' },
    { direction: 'out', subject: 'Shared', text: 'Two drawings cost 120 pounds.', cc: 'desk@engine.example' },
    { ...question, headers: ['Reply-To: desk@engine.example'] },
  )
  expect(draft.to).toEqual([{ name: '', address: 'desk@engine.example' }])
  expect(draft.reasons).toContainEqual({
    code: 'REPLY_TO_DIFFERS',
    text: 'Replies to this mail go to another address than its sender.',
  })
  expect(facts.context.filter(({ kind }) => kind === 'email').map(({ text }) => text)).toEqual([
    'Two drawings cost 120 pounds.',
  ])
})
