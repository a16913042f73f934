import { afterAll, expect, test } from 'vitest'
import { syncMailbox } from '../../server/services/mailbox-sync.ts'
import { createTestApp } from '../support/app.ts'
import { openInbox } from '../support/connected-inbox.ts'
import { reasonsOf } from '../support/refusals.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

const onlyStored = { autonomy: 'off', classifyOnSync: false } as const

test('eight syncs of one mailbox at once leave its rows equal to the mailbox', async () => {
  const inbox = await openInbox(app, onlyStored)
  for (let n = 0; n < 70; n++) await app.deliver(inbox.owner, { subject: `Mail ${n}` })
  const { userId, mailboxId } = inbox
  const sync = () => syncMailbox(app.ctx, { userId, mailboxId }, AbortSignal.timeout(20_000))

  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, sync))

  expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(1)
  expect(['', 'another sync holds this mailbox']).toContain(reasonsOf(outcomes).join())
  const stored = await app.db.selectFrom('emails').where('userId', '=', userId).select('gmailId').execute()
  const there = (await app.google.messages(inbox.owner.email)).map(({ id }) => id)
  expect(stored.map(({ gmailId }) => gmailId).sort()).toEqual(there.sort())
  expect(await inbox.mailbox()).toMatchObject({ lastError: null })
})

test('a lease that lapses under a sync at work lets two read, and one store', async () => {
  const inbox = await openInbox(app, onlyStored)
  for (let n = 0; n < 60; n++) await app.deliver(inbox.owner, { subject: `Mail ${n}` })
  const { userId, mailboxId } = inbox
  const sync = () => syncMailbox(app.ctx, { userId, mailboxId }, AbortSignal.timeout(20_000))
  const first = sync()
  while (inbox.requests('GET', /\/messages\/\w+$/).length < 10) await new Promise((resolve) => setImmediate(resolve))
  app.clock.advance(61_000)
  const outcomes = await Promise.allSettled([first, sync()])

  expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(1)
  const stored = await app.db.selectFrom('emails').where('userId', '=', userId).select('gmailId').execute()
  expect(stored).toHaveLength(60)
})
