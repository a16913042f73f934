import { afterAll, expect, test } from 'vitest'
import type { UpdateSettingsInput } from '../../../shared-types/index.ts'
import { createTestApp } from '../../support/app.ts'
import { openInbox, sweep } from '../../support/connected-inbox.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

test('by default mail is worked on as it comes', async () => {
  const inbox = await openInbox(app)
  expect(await inbox.receive()).toMatchObject({ status: 'needs_review', draft: { status: 'pending' } })
})

const classifyOnly: [string, UpdateSettingsInput][] = [
  ['autonomy is off', { autonomy: 'off' }],
  ['processing on sync is switched off', { processOnSync: false }],
]
test.each(classifyOnly)('with %s mail waits with its intent filled in', async (_, settings) => {
  const inbox = await openInbox(app, settings)
  const email = await inbox.receive()
  expect(email).toMatchObject({ status: 'pending', intent: 'inquiry', draft: null })
  expect(email.confidence).toBeGreaterThan(0)

  await inbox.api.emails.process({ emailId: email.id })
  await app.drain()
  expect(await inbox.email(email.id)).toMatchObject({ status: 'needs_review', draft: { status: 'pending' } })
})

test('with classifying and processing switched off mail is only stored', async () => {
  const inbox = await openInbox(app, { processOnSync: false, classifyOnSync: false })
  expect(await inbox.receive()).toMatchObject({ status: 'pending', intent: null, confidence: null, draft: null })
  expect((await inbox.api.traces.list({})).items).toEqual([])
})

test('a mailbox is read again when the minutes of the sync frequency are over, not before', async () => {
  const inbox = await openInbox(app, { syncFrequencyMinutes: 10 })
  await app.deliver(inbox.owner)
  app.clock.advance(9 * 60_000)
  await sweep(app)
  expect(await inbox.emails()).toEqual([])

  app.clock.advance(61_000)
  await sweep(app)
  expect(await inbox.emails()).toHaveLength(1)
})

test('one owner’s sync frequency says nothing about another’s', async () => {
  const often = await openInbox(app, { syncFrequencyMinutes: 1 })
  const seldom = await openInbox(app, { syncFrequencyMinutes: 60 })
  for (const { owner } of [often, seldom]) await app.deliver(owner)
  app.clock.advance(61_000)
  await sweep(app)

  expect(await often.emails()).toHaveLength(1)
  expect(await seldom.emails()).toEqual([])
})
