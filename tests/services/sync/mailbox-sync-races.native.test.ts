import { afterAll, expect, test } from 'vitest'
import { syncMailbox } from '../../../server/services/sync/mailbox-sync.ts'
import { createTestApp } from '../../support/app.ts'
import { openInbox, sweep } from '../../support/connected-inbox.ts'
import { bothSides } from '../../support/mailbox-rows.ts'
import { reasonsOf } from '../../support/refusals.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

const onlyStored = { autonomy: 'off', classifyOnSync: false } as const

test('eight syncs of one mailbox at once leave its rows equal to the mailbox', async () => {
  const inbox = await openInbox(app, onlyStored)
  for (let n = 0; n < 70; n++) await app.deliver(inbox.owner, { subject: `Mail ${n}` })
  const { userId, mailboxId } = inbox
  const sync = () => syncMailbox(app.ctx, { userId, mailboxId }, new AbortController().signal)

  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, sync))

  expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(1)
  expect(['', 'this mailbox is held by another worker']).toContain(reasonsOf(outcomes).join())
  const stored = await app.db.selectFrom('emails').where('userId', '=', userId).select('gmailId').execute()
  const there = (await app.google.messages(inbox.owner.email)).map(({ id }) => id)
  expect(stored.map(({ gmailId }) => gmailId).sort()).toEqual(there.sort())
  expect(await inbox.mailbox()).toMatchObject({ lastError: null })
})

test('a lease that lapses under a sync at work lets two read, and one store', async () => {
  const inbox = await openInbox(app, onlyStored)
  for (let n = 0; n < 60; n++) await app.deliver(inbox.owner, { subject: `Mail ${n}` })
  const { userId, mailboxId } = inbox
  const sync = () => syncMailbox(app.ctx, { userId, mailboxId }, new AbortController().signal)
  const first = sync()
  while (inbox.requests('GET', /\/messages\/\w+$/).length < 10) await new Promise((resolve) => setImmediate(resolve))
  app.clock.advance(61_000)
  const outcomes = await Promise.allSettled([first, sync()])

  expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(1)
  const stored = await app.db.selectFrom('emails').where('userId', '=', userId).select('gmailId').execute()
  expect(stored).toHaveLength(60)
})

test('mail that is thrown away while it is worked on and approved leaves neither half of it behind', async () => {
  const inbox = await openInbox(app, { undoWindowSeconds: 0 })
  for (let n = 0; n < 12; n++) await app.deliver(inbox.owner, { subject: `Mail ${n}`, from: `p${n}@engine.example` })
  const { userId, mailboxId } = inbox
  const sync = () => syncMailbox(app.ctx, { userId, mailboxId }, new AbortController().signal)
  await inbox.sync()
  const emails = await inbox.emails()
  const stored = await app.db.selectFrom('emails').where('userId', '=', userId).select('gmailId').execute()
  const owner = app.google.byHand(inbox.owner.email)
  for (const { gmailId } of stored.slice(0, 10)) owner.label(gmailId, { add: ['TRASH'] })

  const approvals = emails.map(async ({ draft }, n) => {
    const ref = { draftId: draft?.id ?? '', version: draft?.version ?? 1 }
    await (n % 2 === 0 ? inbox.api.drafts.approve({ ...ref, acceptOpenQuestions: true }) : inbox.api.drafts.reject(ref))
  })
  const runs = emails.slice(0, 6).map(({ id }) => inbox.api.emails.process({ emailId: id }))
  const outcomes = await Promise.allSettled([sync(), ...approvals, ...runs, app.drainDelayed()])
  expect(reasonsOf(outcomes).filter((reason) => /deadlock/.test(reason))).toEqual([])
  for (let minute = 0; minute < 3; minute++) {
    app.clock.advance(61_000)
    await sweep(app)
  }

  // What was sent meanwhile is mail, too.
  await inbox.sync()
  const left = await inbox.outbox()
  const { here, inGmail } = await bothSides(app, inbox)
  expect(here).toEqual(inGmail)
  expect(new Set(left.map(({ state }) => state))).not.toContain('SENDING')
  const traces = await app.db.selectFrom('traces').where('userId', '=', userId).select('status').execute()
  expect(traces.filter(({ status }) => status === 'queued' || status === 'running')).toEqual([])
})
