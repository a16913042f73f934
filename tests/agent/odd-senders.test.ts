import { afterAll, expect, test } from 'vitest'
import { automaticReply, createAutomaticApp, openAutomatic } from '../support/automatic.ts'
import { createScriptedModel } from '../support/scripted-model.ts'

const model = createScriptedModel()
const app = await createAutomaticApp({}, automaticReply, model)
afterAll(() => app[Symbol.asyncDispose]())

test.each([
  ['a quoted local part with a blank', '"ada byron"@engine.example', '"ada byron"@engine.example'],
  ['one with a comma, in brackets', '<"a, b"@engine.example>', '"a, b"@engine.example'],
  ['one behind a name', 'Ada Byron <"ada byron"@engine.example>', 'Ada Byron'],
  [
    'one that holds another address',
    '"eve@engine.example, "@elsewhere.example',
    '"eve@engine.example,"@elsewhere.example',
  ],
  ['a name alone', 'Ada Byron', 'Ada Byron'],
  ['a group of nobody', 'Undisclosed senders:;', 'Undisclosed senders:;'],
])('a question from %s waits for its owner, who sees whom it is from', async (_what, from, name) => {
  const inbox = await openAutomatic(app)
  const mail = await inbox.receive({ from })
  expect(mail).toMatchObject({ status: 'needs_review', from: { name, address: '' }, draft: null })
  expect(mail.reasons).toContainEqual({
    code: 'SENDER_UNCLEAR',
    text: 'A reply from here cannot be addressed to its sender: answer it in Gmail.',
  })
  expect(await inbox.notifications()).toEqual(['no_draft'])
  expect(model.requests.map(({ facts }) => facts.task)).not.toContain('generate')

  await inbox.api.emails.process({ emailId: mail.id })
  await app.drainDelayed()
  expect(await inbox.email(mail.id)).toMatchObject({ status: 'needs_review', draft: null })
  expect(await inbox.sent()).toEqual([])
})

test.each([
  ['is empty', ''],
  ['holds empty brackets', '<>'],
])('a mail whose From %s is no person’s', async (_what, from) => {
  const inbox = await openAutomatic(app)
  const mail = await inbox.receive({ from })
  expect(mail).toMatchObject({ status: 'no_reply', from: { name: '', address: '' } })
  expect(mail.reasons).toEqual([{ code: 'NO_SENDER', text: 'It names no sender.' }])
})

test('a machine without an address is a machine all the same', async () => {
  const inbox = await openAutomatic(app)
  const mail = await inbox.receive({ from: 'Cron Daemon', headers: ['Auto-Submitted: auto-generated'] })
  expect(mail).toMatchObject({ status: 'no_reply' })
})
