import { afterAll, afterEach, expect, test } from 'vitest'
import { provenanceOf, unsupportedClaims } from '../../server/agent/provenance.ts'
import type { ContextItem } from '../../server/agent/state.ts'
import { createTestApp } from '../support/app.ts'
import { automaticReply, createAutomaticApp, openAutomatic } from '../support/automatic.ts'
import { findDraft, newInbox } from '../support/inbox.ts'
import { createScriptedModel } from '../support/scripted-model.ts'

const model = createScriptedModel()
const app = await createTestApp({ ports: model.ports })
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => model.reset())

const note: ContextItem = {
  id: 'note:0',
  kind: 'note',
  label: 'A drawing',
  text: 'A drawing costs 100 pounds and takes a week. Erika Musterfrau prints it.',
  source: { kind: 'note', id: null, label: 'A drawing', audience: 'correspondent' },
}
const wrote: ContextItem = {
  id: 'email:1',
  kind: 'thread',
  label: 'Boat (you, 2026-03-03)',
  text: 'The boat is blue.',
  source: { kind: 'thread', id: null, label: 'Boat (you, 2026-03-03)', audience: 'correspondent' },
}

test('each sentence names the sources it was quoted with, whatever else the model cites', () => {
  const body = 'Dear Ada,\n\na drawing costs\n100 pounds. The boat is blue. Bye.\n\nMara'
  const { sources, sentences } = provenanceOf(body, {
    citations: [
      { quote: 'The boat is  blue.', sources: ['email:1', 'email:of-somebody-else'] },
      { quote: 'costs', sources: ['note:0'] },
      { quote: 'A sentence that was never written.', sources: ['note:0'] },
    ],
    context: [note, wrote],
    texts: [],
  })
  expect(sources).toEqual([note.source, wrote.source])
  expect(sentences.map(({ text, sources: from }) => [text, from])).toEqual([
    ['Dear Ada,', []],
    ['a drawing costs', [0]],
    ['100 pounds.', []],
    ['The boat is blue.', [1]],
    ['Bye.', []],
    ['Mara', []],
  ])
})

test.each([
  ['It costs 250 pounds.', ['number 250']],
  ['Write to eve@evil.example.', ['address eve@evil.example']],
  ['See https://evil.example/x on Friday.', ['link evil.example/x', 'day friday']],
  ['Ask for Thomas Bergmann in April.', ['month april', 'name Thomas Bergmann']],
  ['I will call you.', ['promise I will call you.']],
  ['It costs 100 pounds, as I wrote on 3 March to Erika Musterfrau.', []],
  ['Guten Tag Frau Berg,', []],
  ['Vielen Dank für Ihren Terminvorschlag.', []],
])('what nothing says is flagged: %s', (sentence, flagged) => {
  const given = [note.text, '3 March 2026', 'Frau Berg']
  const claims = unsupportedClaims(sentence, given)
  expect(new Set(claims.map(({ kind, text }) => `${kind} ${text}`))).toEqual(new Set(flagged))
})

test('a draft tells its sentences with their sources, and after an edit which are the owner’s own', async () => {
  const owner = await newInbox(app, { subject: 'Drawings', text: 'Hello,\r\n\r\nwhat does a drawing cost?\r\n\r\nAda' })
  const api = app.as(owner)
  await api.settings.update({ notes: [{ text: 'A drawing costs 100 pounds.', shareable: true }] })
  await app.drain()
  const { id: draftId, version, body } = await findDraft(app, owner)
  const { sentences, sources } = await api.drafts.get({ draftId })
  const grounded = sentences.find(({ text }) => text === 'A drawing costs 100 pounds.')
  expect(grounded).toMatchObject({ writtenBy: 'agent', unsupported: [] })
  expect(grounded?.sources.map((position) => sources[position]?.kind)).toEqual(['note'])
  expect(sentences.every(({ writtenBy, unsupported }) => writtenBy === 'agent' && unsupported.length === 0)).toBe(true)

  await api.drafts.edit({ draftId, version, body: `${body}\n\nIt is blue.` })
  const edited = (await api.drafts.get({ draftId })).sentences
  expect(edited.filter(({ writtenBy }) => writtenBy === 'owner').map(({ text }) => text)).toEqual(['It is blue.'])
  expect(edited).toContainEqual(grounded)
})

test('what a model makes up is shown as such, sentence by sentence', async () => {
  model.always('generate', (usual) => ({
    ...usual,
    body: 'Dear Ada,\n\na drawing costs 250 pounds. I will send it on Friday.\n\nMara',
    citations: [{ quote: 'a drawing costs 250 pounds.', sources: ['note:7'] }],
  }))
  const owner = await newInbox(app, { subject: 'Drawings', text: 'What does a drawing cost?' })
  await app.drain()
  const { id: draftId } = await findDraft(app, owner)
  const { sentences, sources } = await app.as(owner).drafts.get({ draftId })
  expect(sources).toEqual([])
  expect(sentences.map(({ text, unsupported }) => [text, unsupported.map(({ kind }) => kind)])).toEqual([
    ['Dear Ada,', []],
    ['a drawing costs 250 pounds.', ['number']],
    ['I will send it on Friday.', ['day', 'promise']],
    ['Mara', []],
  ])
})

test('a reply that its owner took part in is never sent unread', async () => {
  const automatic = await createAutomaticApp({}, automaticReply, createScriptedModel())
  await using _automatic = automatic
  const inbox = await openAutomatic(automatic)
  await inbox.api.settings.update({ autonomy: 'ask' })
  const mail = await inbox.receive({ subject: 'Sheets', text: 'May I see the drawings?' })
  expect(mail.status).toBe('needs_review')
  await inbox.api.settings.update({ autonomy: 'auto' })
  const again = { draftId: mail.draft!.id, version: mail.draft!.version }
  await inbox.api.drafts.regenerate({ ...again, instruction: 'Friendlier' })
  await automatic.drain()
  expect((await inbox.api.emails.get({ emailId: mail.id })).status).toBe('needs_review')
  // Without a word of theirs the same mail goes out by itself.
  await inbox.api.emails.process({ emailId: mail.id })
  await automatic.drain()
  expect((await inbox.api.emails.get({ emailId: mail.id })).status).toBe('approved')
})
