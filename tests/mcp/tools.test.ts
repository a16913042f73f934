import { randomUUID } from 'node:crypto'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { mostTextCharacters, mostThreadMessages, mostThreadTextCharacters, tellThread } from '../../server/mcp/tell.ts'
import { createTestApp } from '../support/app.ts'
import { openInbox } from '../support/connected-inbox.ts'
import { connectMcp, tokenOf, use } from '../support/mcp.ts'
import { createScriptedModel } from '../support/scripted-model.ts'

const model = createScriptedModel()
const app = await createTestApp({ ports: model.ports })
afterAll(() => app[Symbol.asyncDispose]())
beforeEach(() => app.db.deleteFrom('rateLimits').execute())

const reading = ['search_emails', 'get_email', 'get_thread', 'list_review_queue', 'get_draft']
const drafting = [...reading, 'request_draft', 'rewrite_draft', 'edit_draft', 'answer_open_questions']

test.each([false, true])('a token shows the tools that it may use, and what they do (modern: %s)', async (isModern) => {
  const owner = await app.newOwner()
  await using reader = await connectMcp(app, await tokenOf(app, owner, ['read']), { isModern })
  await using drafter = await connectMcp(app, await tokenOf(app, owner), { isModern })
  expect((await reader.listTools()).tools.map(({ name }) => name)).toEqual(reading)
  const { tools } = await drafter.listTools()
  expect(tools.map(({ name }) => name)).toEqual(drafting)
  for (const { name, annotations, inputSchema } of tools) {
    const isReading = reading.includes(name)
    expect(annotations).toEqual({
      readOnlyHint: isReading,
      destructiveHint: false,
      idempotentHint: isReading,
      openWorldHint: false,
    })
    expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false })
  }
  expect(drafter.getInstructions()).toContain('They are data')
})

test.each([false, true])('an assistant finds a mail, reads it, and sees what waits (modern: %s)', async (isModern) => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft({ subject: 'The drawings', text: 'May I see the drawings?' })
  await using client = await connectMcp(app, await tokenOf(app, inbox.owner, ['read']), { isModern })
  const found = await use(client, 'search_emails', { search: 'drawings', status: ['needs_review'] })
  expect(found.items).toMatchObject([{ id: draft.emailId, subject: 'The drawings', draft: { id: draft.id } }])
  expect(found.notice).toContain('They are data')
  const mail = await use(client, 'get_email', { emailId: draft.emailId })
  expect(mail).toMatchObject({ text: expect.stringContaining('May I see the drawings?'), textIsCut: false })
  expect(Object.keys(mail)).not.toContain('html')
  const thread = await use(client, 'get_thread', { threadId: found.items[0].threadId })
  expect(thread).toMatchObject({ olderLeftOut: 0, messages: [{ id: draft.emailId }] })
  const queue = await use(client, 'list_review_queue')
  expect(queue.items).toMatchObject([{ draftId: draft.id, version: 1, status: 'pending' }])
  const whole = await use(client, 'get_draft', { draftId: draft.id })
  expect(whole).toMatchObject({ draftId: draft.id, body: draft.body, original: { subject: 'The drawings' } })
})

test('it changes a draft, answers what it asks and has it written again: each time it waits for its owner', async () => {
  const inbox = await openInbox(app)
  const question = 'How much would two more drawings cost?'
  const draft = await inbox.newDraft({ subject: 'Drawings', text: `Hello Mara,\r\n\r\n${question}\r\n\r\nAda` })
  await using client = await connectMcp(app, await tokenOf(app, inbox.owner))
  const { openQuestions, version } = await use(client, 'get_draft', { draftId: draft.id })
  expect(openQuestions).toHaveLength(1)
  const answers = [{ id: openQuestions[0].id, answer: 'Two cost 90 pounds.' }]
  const { traceId } = await use(client, 'answer_open_questions', { draftId: draft.id, version, answers })
  await app.drain()
  expect((await inbox.api.traces.get({ traceId })).mode).toBe('reviewOnly')
  const [answered] = (await use(client, 'list_review_queue')).items
  const whole = await use(client, 'get_draft', answered)
  expect(whole.error).toMatchObject({ reason: 'VALIDATION_FAILED' })
  const second = await use(client, 'get_draft', { draftId: answered.draftId })
  expect(second.body).toContain('Two cost 90 pounds.')
  const edited = await use(client, 'edit_draft', { draftId: second.draftId, version: second.version, body: 'Gladly.' })
  expect(edited).toMatchObject({ draftId: second.draftId, version: second.version + 1, body: 'Gladly.' })
  const rewriting = { draftId: edited.draftId, version: edited.version, instruction: 'Warmer' }
  await use(client, 'rewrite_draft', rewriting)
  await app.drain()
  const asked = await use(client, 'request_draft', { emailId: draft.emailId, instruction: 'Shorter' })
  await app.drain()
  expect((await inbox.api.traces.get({ traceId: asked.traceId })).request).toMatchObject({ byProgram: true })
  const { status, draft: newest } = await inbox.email(draft.emailId)
  expect([status, newest?.status]).toEqual(['needs_review', 'pending'])
  expect(await inbox.sent()).toEqual([])
})

test('long mail is cut, a long conversation begins later, and what a draft says stays whole', async () => {
  const inbox = await openInbox(app)
  const long = 'drawing '.repeat(6_000)
  const draft = await inbox.newDraft({ subject: 'Long', text: `May I see them? ${long}` })
  await using client = await connectMcp(app, await tokenOf(app, inbox.owner))
  const mail = await use(client, 'get_email', { emailId: draft.emailId })
  expect([mail.text.length, mail.textIsCut]).toEqual([mostTextCharacters + 1, true])
  const thread = await use(client, 'get_thread', { threadId: mail.threadId })
  expect(thread.messages[0].text.length).toBe(mostThreadTextCharacters + 1)
  expect((await use(client, 'get_draft', { draftId: draft.id })).original.textIsCut).toBe(true)
  const body = 'w'.repeat(50_000)
  const edited = await use(client, 'edit_draft', { draftId: draft.id, version: draft.version, body })
  expect(edited.body).toBe(body)
  const one = await inbox.email(draft.emailId)
  const messages = Array.from({ length: 40 }, () => ({ ...one, text: long, html: '<p>' }))
  const told = tellThread({ threadId: one.threadId, messages })
  expect(told).toMatchObject({ olderLeftOut: 40 - mostThreadMessages })
  expect(JSON.stringify(told).length).toBeLessThan(150_000)
})

test('a refusal tells the reason and what was wrong, and says of a foreign id what it says of none', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  const stranger = await openInbox(app)
  await using client = await connectMcp(app, await tokenOf(app, stranger.owner))
  await using reader = await connectMcp(app, await tokenOf(app, stranger.owner, ['read']))
  const version = 1
  const refusal = async (name: string, args: object, by = client) => (await use(by, name, args)).error
  for (const [draftId, emailId] of [
    [draft.id, draft.emailId],
    [randomUUID(), randomUUID()],
  ]) {
    const missing = { reason: 'NOT_FOUND' }
    expect(await refusal('get_email', { emailId })).toMatchObject(missing)
    expect(await refusal('get_draft', { draftId })).toMatchObject(missing)
    expect(await refusal('request_draft', { emailId })).toMatchObject(missing)
    expect(await refusal('edit_draft', { draftId, version, body: 'x' })).toMatchObject(missing)
    expect(await refusal('rewrite_draft', { draftId, version })).toMatchObject(missing)
  }
  expect(await refusal('edit_draft', { draftId: 'x', version: 1, body: '', more: 1 })).toMatchObject({
    reason: 'VALIDATION_FAILED',
    message: expect.stringMatching(/^The request is not valid: draftId: /),
    fieldErrors: { more: ['is not known here'], body: ['must be at least 1 characters long'] },
  })
  expect(await refusal('edit_draft', { draftId: 'x', version: 1, body: '' }, reader)).toMatchObject({
    reason: 'TOKEN_SCOPE',
    message: 'This token may only read. For this, make one with the scope “draft”.',
    fieldErrors: null,
  })
  await expect(client.callTool({ name: 'drafts.approve', arguments: {} })).rejects.toMatchObject({ code: -32602 })
  await expect(client.callTool({ name: 'toString', arguments: {} })).rejects.toMatchObject({ code: -32602 })
})
