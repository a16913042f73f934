import { afterAll, beforeEach, expect, test } from 'vitest'
import type { UpdateSettingsInput } from '../../shared-types/index.ts'
import { automaticReply, createAutomaticApp, openAutomatic } from '../support/automatic.ts'
import type { Inbox } from '../support/connected-inbox.ts'
import type { MailToWrite } from '../support/mail.ts'
import { createScriptedModel } from '../support/scripted-model.ts'

const model = createScriptedModel()
const app = await createAutomaticApp({}, automaticReply, model)
afterAll(() => app[Symbol.asyncDispose]())
beforeEach(() => void (model.requests.length = 0))

/** An owner who lets templates go out and nothing else, with one that is approved. */
async function openWith(body: string, settings: UpdateSettingsInput = {}) {
  const inbox = await openAutomatic(app, { freeTextReplies: false, timeZone: 'Europe/Berlin', ...settings })
  const { id: templateId, version } = await inbox.api.templates.create({
    name: 'Drawings',
    body,
    intent: 'inquiry',
    language: 'en',
  })
  await inbox.api.templates.approve({ templateId, version })
  return { inbox, templateId, version }
}

async function receive(inbox: Inbox, mail: MailToWrite = {}) {
  const { id, status, draft } = await inbox.receive(mail)
  const { body, reasons, sources } = await inbox.draft(draft?.id ?? '')
  return { id, status, body, sources, codes: reasons.map(({ code }) => code) }
}

test('an approved template goes out word for word, its slots filled in by code, and no model writes any of it', async () => {
  const { inbox, templateId } = await openWith('Dear {{name}},\n\nthe studio is open on Saturdays.\n\n{{date}}', {
    signature: 'Mara',
  })
  const { status, body, sources } = await receive(inbox)
  expect(status).toBe('approved')
  const date = app.clock.now().toLocaleDateString('en', { dateStyle: 'long', timeZone: 'Europe/Berlin' })
  expect(body).toBe(`Dear Ada Byron,\n\nthe studio is open on Saturdays.\n\n${date}\n\nMara`)
  expect(sources).toEqual([{ kind: 'template', id: templateId, label: 'Template Drawings', audience: 'correspondent' }])
  expect(model.asked('generate')).toEqual([])
  expect(model.asked('verify')).toMatchObject([{ facts: { reply: body } }])
  expect(await inbox.api.templates.get({ templateId })).toMatchObject({ useCount: 1, lastUsedAt: expect.any(String) })
  app.clock.advance(31_000)
  await app.drainDelayed()
  expect((await inbox.sent()).map(({ raw }) => raw.toString())).toEqual([
    expect.stringContaining('the studio is open on Saturdays.'),
  ])
})

test('a model may still keep a template back that does not fit', async () => {
  const { inbox } = await openWith('Dear {{name}}, the studio is open on Saturdays.')
  model.next('verify', () => ({ verdict: 'ask', reason: 'It does not answer the question.' }))
  expect(await receive(inbox)).toMatchObject({ status: 'needs_review', codes: ['MODEL_OBJECTS'] })
})

test('free times go into a template only where the owner shares them', async () => {
  const body = 'Dear {{name}}, these times are free:\n{{times}}'
  const { inbox } = await openWith(body, { freeBusyShareable: true })
  const { status, body: sent } = await receive(inbox)
  expect(status).toBe('approved')
  expect(sent).toMatch(/these times are free:\n- \w+day, .*Europe\/Berlin/)

  const { inbox: silent } = await openWith(body)
  expect(await receive(silent)).toMatchObject({ status: 'needs_review', codes: ['FREE_TEXT_OFF'] })
  expect(silent.requests('POST', /freeBusy/)).toEqual([])
})

test('a note goes into a template only while it is shareable', async () => {
  const text = 'Open on Saturdays.'
  const { inbox } = await openWith('Dear {{name}}, {{note-1}}', { notes: [{ text, shareable: true }] })
  expect((await receive(inbox)).body).toContain(text)
  await inbox.api.settings.update({ notes: [{ text, shareable: false }] })
  const { status, codes, body } = await receive(inbox, { subject: 'Another question' })
  expect({ status, codes }).toEqual({ status: 'needs_review', codes: ['FREE_TEXT_OFF'] })
  expect(body).not.toContain(text)
})

test.each([
  ['a company', '"Engine Works Ltd" <ada@engine.example>'],
  ['a sentence', '"Pay 500 to bob now" <ada@engine.example>'],
])('a template is not filled in with %s as a name', async (_, from) => {
  const { inbox } = await openWith('Dear {{name}}, the studio is open.')
  expect(await receive(inbox, { from })).toMatchObject({ status: 'needs_review', codes: ['FREE_TEXT_OFF'] })
})

test('a template that is edited in the undo window does not go out, and needs a new approval', async () => {
  const { inbox, templateId, version } = await openWith('Dear {{name}}, the studio is open.')
  const { id, status } = await receive(inbox)
  expect(status).toBe('approved')
  const edited = await inbox.api.templates.update({ templateId, version, body: 'Dear {{name}}, the studio is closed.' })
  app.clock.advance(31_000)
  await app.drainDelayed()
  expect(await inbox.sent()).toEqual([])
  const { status: now, reasons } = await inbox.email(id)
  expect(now).toBe('needs_review')
  expect(reasons.map(({ code }) => code)).toContain('TEMPLATE_CHANGED')

  expect(await receive(inbox, { subject: 'Next' })).toMatchObject({ codes: ['FREE_TEXT_OFF'] })
  await inbox.api.templates.approve({ templateId, version: edited.version })
  expect(await receive(inbox, { subject: 'After that' })).toMatchObject({
    status: 'approved',
    body: 'Dear Ada Byron, the studio is closed.',
  })
})

test('with templates switched off none goes out, also when they are switched off in the undo window', async () => {
  const { inbox } = await openWith('Dear {{name}}, the studio is open.')
  const { id } = await receive(inbox)
  await inbox.api.settings.update({ templateReplies: false })
  app.clock.advance(31_000)
  await app.drainDelayed()
  expect(await inbox.sent()).toEqual([])
  expect((await inbox.email(id)).reasons.map(({ code }) => code)).toContain('TEMPLATES_OFF')
  expect(await receive(inbox, { subject: 'Next' })).toMatchObject({ status: 'needs_review', codes: ['FREE_TEXT_OFF'] })
})

test('without an approved template only an owner who lets free text go has a reply go out', async () => {
  const closed = await openAutomatic(app, { freeTextReplies: false })
  expect(await receive(closed)).toMatchObject({ status: 'needs_review', codes: ['FREE_TEXT_OFF'] })
  const open = await openAutomatic(app)
  const { id, status } = await receive(open)
  expect(status).toBe('approved')
  await open.api.settings.update({ freeTextReplies: false })
  app.clock.advance(31_000)
  await app.drainDelayed()
  expect(await open.sent()).toEqual([])
  expect((await open.email(id)).reasons.map(({ code }) => code)).toContain('FREE_TEXT_OFF')
})

const invented = [
  'See https://engine.example/drawings for it.',
  'Write to bob@engine.example instead.',
  'Look at engine.example for it.',
  'Call +44 20 7946 0958.',
  'There are 12 of them.',
  'Come on Saturday.',
  'They are ready in March.',
]

test.each(invented)('free text that says “%s” out of nowhere waits for its owner', async (sentence) => {
  const inbox = await openAutomatic(app)
  model.next('generate', (usual) => ({
    ...usual,
    body: `Dear Ada,\n\n${sentence}\n\nMara`,
    openQuestions: [],
    confidence: 1,
  }))
  expect(await receive(inbox)).toMatchObject({ status: 'needs_review', codes: ['UNSUPPORTED_DETAIL'] })
})

test('free text may say what the owner shares', async () => {
  const text = 'Open on Saturdays from 10 on, see https://studio.example/open.'
  const inbox = await openAutomatic(app, { notes: [{ text, shareable: true }] })
  const body = 'Dear Ada,\n\nit is open from 10 on: https://studio.example/open\n\nMara'
  model.next('generate', (usual) => ({ ...usual, body, openQuestions: [], confidence: 1 }))
  expect((await receive(inbox)).status).toBe('approved')
})

test('free text longer than a reply needs to be waits for its owner', async () => {
  const inbox = await openAutomatic(app)
  const body = 'The drawings are lovely. '.repeat(130)
  model.next('generate', (usual) => ({ ...usual, body, openQuestions: [], confidence: 1 }))
  expect(await receive(inbox)).toMatchObject({ status: 'needs_review', codes: ['DRAFT_TOO_LONG'] })
})
