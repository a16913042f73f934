import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { appRouter } from '../../server/router.ts'
import { createTestApp, type TestOwner } from '../support/app.ts'
import { nobodysIds, openProcedures, procedureInputs } from '../support/procedure-inputs.ts'
import { callRaw, type Procedure, procedures } from '../support/procedures.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

const id = randomUUID()
const nobody = nobodysIds(new Date())
const inputOf = (name: string) => procedureInputs[name]?.(nobody)

let owner: TestOwner
beforeAll(async () => {
  owner = await app.newOwner()
})

const call = (procedure: Procedure, input: unknown, token?: string) => callRaw(app, procedure, input, token)
const byName = (name: string) => procedures.find((procedure) => procedure.name === name) ?? { name, type: 'query' }

test('every procedure that is offered is known to these tests', () => {
  expect(Object.keys(procedureInputs).sort()).toEqual(procedures.map(({ name }) => name).sort())
})

test('every procedure says what it answers, and answers nothing else', () => {
  const outputs = Object.entries(
    appRouter._def.procedures as unknown as Record<string, { _def: { type: string; output?: z.ZodType } }>,
  )
  for (const [name, { _def }] of outputs) {
    // tRPC takes no schema of what a stream answers: it parses each item itself.
    if (_def.type === 'subscription') continue
    const shape = JSON.stringify(z.toJSONSchema(_def.output!, { io: 'output', unrepresentable: 'any' }))
    // An object that lets through what it does not name.
    expect([name, shape]).not.toEqual([name, expect.stringMatching(/"additionalProperties":(\{\}|true)/)])
  }
})

test.each(procedures)('$name refuses a key it does not know, and names it', async (procedure) => {
  const answer = await call(procedure, { ...inputOf(procedure.name), surprise: 1 }, owner.accessToken)
  expect(answer).toMatchObject({ status: 400, data: { reason: 'VALIDATION_FAILED' } })
  expect(Object.keys(answer.data?.fieldErrors ?? {})).toEqual(['surprise'])
})

test.each(procedures.filter(({ name }) => !openProcedures.includes(name)))(
  '$name asks for an access token',
  async (procedure) => {
    const unauthenticated = { status: 401, data: { reason: 'UNAUTHENTICATED' } }
    expect(await call(procedure, inputOf(procedure.name))).toMatchObject(unauthenticated)
    expect(await call(procedure, inputOf(procedure.name), 'no.such.token')).toMatchObject(unauthenticated)
  },
)

test.each(['text', 7, [], null, true])('no procedure takes %j for an object', async (input) => {
  for (const procedure of procedures) {
    const { status } = await call(procedure, input, owner.accessToken)
    expect([procedure.name, status]).toEqual([procedure.name, 400])
  }
})

test.each<[string, object, string]>([
  ['emails.list', { limit: 0 }, 'limit'],
  ['emails.list', { limit: 101 }, 'limit'],
  ['emails.list', { limit: 1.5 }, 'limit'],
  ['emails.list', { search: '' }, 'search'],
  ['emails.list', { search: 'x'.repeat(201) }, 'search'],
  ['emails.list', { status: ['done'] }, 'status.0'],
  ['emails.list', { status: Array.from({ length: 8 }, () => 'sent') }, 'status'],
  ['emails.list', { intent: ['party'] }, 'intent.0'],
  ['emails.list', { mailboxId: '1' }, 'mailboxId'],
  ['emails.list', { flow: 'up' }, 'flow'],
  ['emails.list', { threadId: 'x'.repeat(65) }, 'threadId'],
  ['emails.list', { threadId: 'a\u0000b' }, 'threadId'],
  ['emails.list', { receivedFrom: '2026-03-29' }, 'receivedFrom'],
  ['emails.list', { receivedTo: '2026-02-30T00:00:00.000Z' }, 'receivedTo'],
  ['emails.list', { receivedTo: '0000-01-01T00:00:00.000Z' }, 'receivedTo'],
  ['emails.list', { cursor: 'x'.repeat(513) }, 'cursor'],
  ['emails.get', { emailId: `${id}'--` }, 'emailId'],
  ['emails.get', {}, 'emailId'],
  ['emails.thread', { threadId: '' }, 'threadId'],
  ['emails.quarantined', { limit: 101 }, 'limit'],
  ['emails.retryQuarantined', { id: `${id}'--` }, 'id'],
  ['emails.thread', { threadId: '\u0000' }, 'threadId'],
  ['drafts.list', { status: 'ready' }, 'status'],
  ['drafts.edit', { draftId: id, version: 1, body: '   ' }, 'body'],
  ['drafts.edit', { draftId: id, version: 1, body: 'x'.repeat(50_001) }, 'body'],
  ['drafts.edit', { draftId: id, version: 1, body: 'a\u0000b' }, 'body'],
  ['drafts.edit', { draftId: id, version: 0, body: 'x' }, 'version'],
  ['drafts.approve', { draftId: id, version: 2 ** 40 }, 'version'],
  ['drafts.approve', { draftId: id, version: '1' }, 'version'],
  ['drafts.regenerate', { draftId: id, version: 1, instruction: ' ' }, 'instruction'],
  ['drafts.regenerate', { draftId: id, version: 1, instruction: 'x'.repeat(2_001) }, 'instruction'],
  ['drafts.answer', { draftId: id, version: 1, answers: [] }, 'answers'],
  ['drafts.answer', { draftId: id, version: 1, answers: [{ id: 'q1', answer: '' }] }, 'answers.0.answer'],
  ['drafts.bulkApprove', { drafts: Array.from({ length: 51 }, () => ({ draftId: id, version: 1 })) }, 'drafts'],
  ['drafts.bulkReject', { drafts: [{ draftId: id, version: 0 }] }, 'drafts.0.version'],
  ['emails.process', { emailId: id, instruction: 'a\u0000b' }, 'instruction'],
  ['drafts.reject', { draftId: id, version: 1, reason: 'x'.repeat(1_001) }, 'reason'],
  ['drafts.reject', { draftId: id, version: 1, reason: 'a\u0000b' }, 'reason'],
  ['calendar.availability', { minutes: 10 }, 'minutes'],
  ['calendar.availability', { from: 'tomorrow' }, 'from'],
  ['calendar.availability', { limit: 101 }, 'limit'],
  ['calendar.events', { from: '2030-01-01T00:00:00.000Z' }, 'to'],
  [
    'calendar.createEvent',
    { draftId: id, start: '2030-01-01T00:00:00.000Z', end: '2030-01-01T01:00:00.000Z', summary: 'a\u0000b' },
    'summary',
  ],
  ['auth.createToken', { name: ' ', expiresInDays: 1, scopes: ['read'] }, 'name'],
  ['auth.createToken', { name: 'x', expiresInDays: 0, scopes: ['read'] }, 'expiresInDays'],
  ['auth.createToken', { name: 'x', expiresInDays: 366, scopes: ['read'] }, 'expiresInDays'],
  ['auth.createToken', { name: 'x', expiresInDays: 1, scopes: [] }, 'scopes'],
  ['auth.createToken', { name: 'x', expiresInDays: 1, scopes: ['read', 'read'] }, 'scopes'],
  ['auth.createToken', { name: 'x', expiresInDays: 1, scopes: ['send'] }, 'scopes.0'],
  ['traces.list', { status: 'done' }, 'status'],
  ['mailboxes.disconnect', { mailboxId: id }, 'storedMail'],
  ['mailboxes.disconnect', { mailboxId: id, storedMail: 'some' }, 'storedMail'],
  ['trust.list', { limit: 0 }, 'limit'],
])('%s refuses %j with the field that is wrong', async (name, input, field) => {
  const answer = await call(byName(name), input, owner.accessToken)
  expect(answer).toMatchObject({ status: 400, data: { reason: 'VALIDATION_FAILED' } })
  expect(Object.keys(answer.data?.fieldErrors ?? {})).toEqual([field])
})

test('no input makes the server stumble: never a 500', async () => {
  const odd = ['\u0000', '\ud800', '😀', "'; drop table emails; --", '../../etc/passwd', '%', '9'.repeat(64), '{{}}']
  for (const value of odd) {
    for (const [name, input] of [
      ['emails.list', { search: value }],
      ['emails.list', { threadId: value }],
      ['emails.list', { cursor: value }],
      ['emails.list', { cursor: Buffer.from(JSON.stringify([value, value])).toString('base64url') }],
      ['emails.thread', { threadId: value }],
      ['emails.quarantined', { cursor: value }],
      ['drafts.list', { cursor: value }],
      ['traces.list', { cursor: value }],
      ['contacts.list', { orderBy: 'name', cursor: Buffer.from(JSON.stringify([value, id])).toString('base64url') }],
      ['contacts.export', { cursor: Buffer.from(JSON.stringify([value, id])).toString('base64url') }],
      ['auth.removeGoogleLogin', { subject: value }],
      ['trust.list', { cursor: value }],
      ['trust.list', { cursor: Buffer.from(JSON.stringify(['correspondent', value])).toString('base64url') }],
      ['drafts.edit', { draftId: id, version: 1, body: value }],
      ['settings.update', { signature: value, notes: [{ text: value, shareable: true }] }],
    ] as const) {
      const { status } = await call(byName(name), input, owner.accessToken)
      expect([name, value, status < 500]).toEqual([name, value, true])
    }
  }
})
