import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, expect, test } from 'vitest'
import { Replay } from '../../shared-types/index.ts'
import { createTestApp } from '../support/app.ts'
import { automaticReply, createAutomaticApp, openAutomatic } from '../support/automatic.ts'
import { httpClient, refusalOf } from '../support/http-client.ts'
import { findDraft, findMail, findTrace, newInbox } from '../support/inbox.ts'
import { createScriptedModel } from '../support/scripted-model.ts'

const model = createScriptedModel()
const app = await createTestApp({ ports: model.ports })
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => model.reset())

const question = { subject: 'Drawings', text: 'Hello,\r\n\r\nwhat does a drawing cost?\r\n\r\nAda' }

async function drafted() {
  const owner = await newInbox(app, question)
  await app.drain()
  const client = await httpClient(app, owner)
  const draft = await findDraft(app, owner)
  const { id: traceId } = await findTrace(app, owner, draft.emailId)
  return { owner, client, draft, traceId }
}

/** Every row of this owner but what models cost. */
async function stored(userId: string) {
  const tables = [
    'emails',
    'drafts',
    'draftVersions',
    'outbox',
    'traces',
    'agentSteps',
    'notifications',
    'slotHolds',
  ] as const
  const rows = tables.map((table) => app.db.selectFrom(table).where('userId', '=', userId).selectAll().execute())
  return JSON.stringify(await Promise.all(rows))
}

test('a run of today comes out the same, and nothing is kept of it', async () => {
  const { owner, client, draft, traceId } = await drafted()
  const before = await stored(owner.userId)
  const calls = app.google.journal.length
  const replay = await client.traces.replay.mutate({ traceId })
  expect(Replay.parse(replay)).toEqual(replay)
  expect(replay).toMatchObject({
    isSame: true,
    intent: { before: 'inquiry', after: 'inquiry' },
    verdict: { before: 'ask', after: 'ask' },
    body: { before: draft.body, after: draft.body, removed: [], added: [] },
    openQuestions: { removed: [], added: [] },
    reasons: { removed: [], added: [] },
    error: null,
    tokens: 330,
  })
  expect(await stored(owner.userId)).toBe(before)
  const writes = app.google.journal.slice(calls).filter(({ method }) => method !== 'GET')
  expect(writes).toEqual([])
})

test('what another model makes of it is shown beside what was sent for review', async () => {
  const { client, draft, traceId } = await drafted()
  model.always('classify', (usual) => ({ ...usual, intent: 'complaint' }))
  model.always('generate', (usual) => ({ ...usual, body: 'Dear Ada,\n\nno.', openQuestions: ['Why?'] }))
  const replay = await client.traces.replay.mutate({ traceId })
  expect(replay).toMatchObject({
    isSame: false,
    intent: { before: 'inquiry', after: 'complaint' },
    openQuestions: { removed: draft.openQuestions.map(({ question: asked }) => asked), added: ['Why?'] },
    reasons: { added: ['COMPLAINT'] },
  })
  expect(replay.body.added).toEqual(['Dear Ada,', 'no.'])
  expect(replay.body.removed).toContain('Details on this will follow.')
})

test('new knowledge shows as a source, and a mail that needs no reply any more as that', async () => {
  const { owner, client, traceId } = await drafted()
  await client.settings.update.mutate({ notes: [{ text: 'A drawing costs 100 pounds.', shareable: true }] })
  const { sources, body } = await client.traces.replay.mutate({ traceId })
  expect(sources.added.map(({ kind }) => kind)).toEqual(['note'])
  expect(body.added).toContain('A drawing costs 100 pounds.')
  model.always('classify', (usual) => ({ ...usual, needsReply: false }))
  const silent = await client.traces.replay.mutate({ traceId })
  expect(silent).toMatchObject({ verdict: { before: 'ask', after: 'no_reply' }, body: { after: null } })
  expect((await findMail(app, owner, question.subject)).status).toBe('needs_review')
})

test('a model that fails is told, not thrown; a run at work, and one of somebody else, are refused', async () => {
  const { owner, client, traceId, draft } = await drafted()
  model.always('generate', () => ({ body: 7 }))
  const failed = await client.traces.replay.mutate({ traceId })
  expect(failed).toMatchObject({ verdict: { after: 'failed' }, isSame: false })
  expect(failed.error).toContain('does not fit its schema')
  model.reset()
  const other = await httpClient(app, await app.newOwner())
  expect(await refusalOf(other.traces.replay.mutate({ traceId }))).toMatchObject({ reason: 'NOT_FOUND' })
  expect(await refusalOf(client.traces.replay.mutate({ traceId: randomUUID() }))).toMatchObject({ reason: 'NOT_FOUND' })
  const { traceId: begun } = await client.emails.process.mutate({ emailId: draft.emailId })
  expect(await refusalOf(client.traces.replay.mutate({ traceId: begun }))).toMatchObject({
    reason: 'EMAIL_IN_PROGRESS',
  })
  await app.drain()
  expect((await findTrace(app, owner, draft.emailId)).id).toBe(begun)
})

test('what would go out by itself is only told', async () => {
  await using automatic = await createAutomaticApp({}, automaticReply, createScriptedModel())
  const inbox = await openAutomatic(automatic, { undoWindowSeconds: 3_600 })
  const mail = await inbox.receive({ subject: 'Sheets', text: 'May I see the drawings?' })
  expect(mail.status).toBe('approved')
  const { items } = await inbox.api.traces.list({ emailId: mail.id })
  const rows = (await inbox.outbox()).length
  const replay = await inbox.api.traces.replay({ traceId: items[0]!.id })
  expect(replay).toMatchObject({ verdict: { before: 'send' }, intent: { after: 'inquiry' } })
  expect(await inbox.outbox()).toHaveLength(rows)
})

test('hours that a replay offers are held for nobody', async () => {
  const owner = await newInbox(app, { subject: 'A meeting', text: 'Can we meet some time next week?' })
  await app.drain()
  const { emailId } = await findDraft(app, owner)
  const { id: traceId } = await findTrace(app, owner, emailId)
  await app.db.deleteFrom('slotHolds').where('userId', '=', owner.userId).execute()
  const { body } = await app.as(owner).traces.replay({ traceId })
  expect(body.after).toBe(body.before)
  expect(await app.db.selectFrom('slotHolds').where('userId', '=', owner.userId).selectAll().execute()).toEqual([])
})
