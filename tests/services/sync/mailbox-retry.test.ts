import { afterAll, expect, test } from 'vitest'
import { faultMatrix } from '../../../google-sandbox/sandbox.ts'
import { dueMailboxes, lapsedRuns } from '../../../server/db/sweeps.ts'
import { UpstreamError } from '../../../server/errors.ts'
import { syncMailbox } from '../../../server/services/sync/mailbox-sync.ts'
import { createTestApp } from '../../support/app.ts'
import { type Inbox, openInbox, sweep } from '../../support/connected-inbox.ts'
import { syncState } from '../../support/mailbox-rows.ts'
import { newEmailRow, newMailboxRow } from '../../support/rows.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

const onlyStored = { autonomy: 'off', classifyOnSync: false } as const
const minuteMs = 60_000
const asked = (inbox: Inbox) => inbox.requests('GET', /gmail/).length

/** The minute's sweep, so many times, so many minutes apart. */
async function minutes(count: number, apart = 1): Promise<void> {
  for (let minute = 0; minute < count; minute++) {
    app.clock.advance(apart * minuteMs)
    await sweep(app)
  }
}

const untilRetryMs = async (inbox: Inbox) =>
  new Date((await syncState(app, inbox)).retryAt ?? 0).getTime() - app.clock.now().getTime()

test('a mailbox that fails is tried with growing pauses up to an hour, whatever its frequency, until it is well', async () => {
  const inbox = await openInbox(app, { ...onlyStored, syncFrequencyMinutes: 1 })
  await app.deliver(inbox.owner, { subject: 'Waiting' })
  const match = { path: /\/history$/, email: inbox.owner.email }
  {
    using fault = app.google.inject({ match, kind: faultMatrix.domainPolicy, times: 999 })
    await inbox.sync()
    for (const longest of [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600]) {
      const pauseMs = await untilRetryMs(inbox)
      expect(pauseMs / 1_000).toBeGreaterThan(longest * 0.75 - 5)
      expect(pauseMs / 1_000).toBeLessThanOrEqual(longest)
      app.clock.advance(pauseMs / 2)
      await sweep(app)
      const hits = fault.hits
      app.clock.advance(pauseMs / 2 + 1_000)
      await sweep(app)
      expect(fault.hits).toBe(hits + 1)
    }
    expect(await inbox.mailbox()).toMatchObject({ status: 'active', lastError: 'DOMAIN_POLICY' })
  }
  await minutes(1, 61)
  expect(await inbox.emails()).toHaveLength(1)
  expect(await syncState(app, inbox)).toMatchObject({ failures: 0, retryAt: null })
})

const limited = (kind: 'rate_limited' | 'daily_limit', retryAt: Date) =>
  new UpstreamError('gmail', kind, 'Gmail answered 429 rateLimitExceeded.', { retryAt })
/** As an adapter says it, on this process's own clock. */
const inMinutes = (count: number) => new Date(Date.now() + count * minuteMs)

/** A sync during which Gmail answers like this. */
async function syncAnswered({ userId, mailboxId }: Inbox, error: UpstreamError): Promise<void> {
  const mailbox = { ...app.ctx.mailbox, listHistory: () => Promise.reject(error) }
  const sync = syncMailbox({ ...app.ctx, mailbox }, { userId, mailboxId }, new AbortController().signal)
  await expect(sync).rejects.toThrow('429')
}

test('before the time Gmail names nobody asks it, whoever wants a sync; then the sync comes', async () => {
  const inbox = await openInbox(app, onlyStored)
  await app.deliver(inbox.owner)
  await syncAnswered(inbox, limited('rate_limited', inMinutes(15)))
  expect(await syncState(app, inbox)).toMatchObject({ failures: 0, leaseUntil: null })
  expect(await untilRetryMs(inbox)).toBeGreaterThan(14.9 * minuteMs)
  expect((await inbox.mailbox()).lastError).toContain('429')

  const before = asked(inbox)
  expect((await inbox.api.mailboxes.sync({ mailboxId: inbox.mailboxId })).jobId).toMatch(/^[0-9a-f-]{36}$/)
  await app.drainDelayed()
  await minutes(2, 7)
  expect(asked(inbox)).toBe(before)

  await minutes(1)
  expect(await inbox.emails()).toHaveLength(1)
  expect(await inbox.mailbox()).toMatchObject({ lastError: null })
})

test('a short wait is sat out by the job itself', async () => {
  const inbox = await openInbox(app, onlyStored)
  await app.deliver(inbox.owner)
  await syncAnswered(inbox, limited('rate_limited', inMinutes(1)))
  await inbox.sync()
  expect(await inbox.emails()).toEqual([])
  app.clock.advance(61_000)
  await app.drainDelayed()
  expect(await inbox.emails()).toHaveLength(1)
})

test('a limit of the day is waited out until the day turns', async () => {
  const inbox = await openInbox(app, onlyStored)
  await app.deliver(inbox.owner)
  await syncAnswered(inbox, limited('daily_limit', inMinutes(9 * 60)))
  expect(await inbox.mailbox()).toMatchObject({ status: 'active', lastError: 'DAILY_LIMIT' })
  app.clock.advance(9 * 60 * minuteMs - 30_000)
  await sweep(app)
  expect(await inbox.emails()).toEqual([])
  await minutes(1)
  expect(await inbox.emails()).toHaveLength(1)
})

test('a mailbox whose fresh tokens are refused in three syncs in a row asks its owner, once', async () => {
  const inbox = await openInbox(app, onlyStored)
  const match = { path: /\/history$/, email: inbox.owner.email }
  using _fault = app.google.inject({ match, kind: faultMatrix.unauthorized, times: 999 })
  await inbox.sync()
  await minutes(1)
  expect(await inbox.mailbox()).toMatchObject({ status: 'active', lastError: 'GMAIL_NEEDS_REAUTH' })
  expect(await syncState(app, inbox)).toMatchObject({ tokenRefusals: 2 })
  await minutes(2, 2)

  expect(await inbox.mailbox()).toMatchObject({ status: 'needs_reauth', lastError: 'GMAIL_NEEDS_REAUTH' })
  expect(await inbox.notifications()).toEqual(['mailbox_needs_reauth'])
  const before = asked(inbox)
  await minutes(2, 60)
  expect(asked(inbox)).toBe(before)
})

test('refusals that are not in a row leave the mailbox active', async () => {
  const inbox = await openInbox(app, onlyStored)
  const match = { path: /\/history$/, email: inbox.owner.email }
  for (const kind of [faultMatrix.unauthorized, faultMatrix.unauthorized, faultMatrix.domainPolicy]) {
    using _fault = app.google.inject({ match, kind, times: 2 })
    await minutes(1, 3)
  }
  expect(await inbox.mailbox()).toMatchObject({ status: 'active' })
  expect(await syncState(app, inbox)).toMatchObject({ tokenRefusals: 0 })
})

test('a new consent forgets what went wrong', async () => {
  const inbox = await openInbox(app, onlyStored)
  await app.deliver(inbox.owner)
  await syncAnswered(inbox, limited('daily_limit', inMinutes(9 * 60)))
  await app.reconnect(inbox.owner)
  await app.drain()
  expect(await inbox.emails()).toHaveLength(1)
})

test('no mailbox at the head of the queue keeps others out of the sweep', async () => {
  const owner = await app.newOwner()
  const mailboxIds = new Set<string>()
  for (let n = 0; n < 6; n++) mailboxIds.add(await newMailboxRow(app.db, owner.userId))
  const seen = new Set<string>()
  for (let round = 0; round < 3; round++) {
    app.clock.advance(minuteMs)
    const due = await dueMailboxes(app.db, app.clock.now().toISOString(), 2)
    expect(due).toHaveLength(2)
    for (const { id } of due) seen.add(id)
  }
  expect(seen).toEqual(mailboxIds)
  await app.db.deleteFrom('mailboxes').where('userId', '=', owner.userId).execute()
})

test('no run at the head of the queue keeps others out of the sweep', async () => {
  const owner = await app.newOwner()
  const mailboxId = await newMailboxRow(app.db, owner.userId)
  const createdAt = new Date(app.clock.now().getTime() - minuteMs).toISOString()
  for (let n = 0; n < 6; n++) {
    const emailId = await newEmailRow(app.db, { userId: owner.userId, mailboxId })
    const trace = { userId: owner.userId, id: emailId, emailId, scope: 'full', status: 'queued', createdAt } as const
    await app.db.insertInto('traces').values(trace).execute()
  }
  const seen: string[] = []
  for (let round = 0; round < 3; round++) {
    const now = app.clock.now().toISOString()
    for (const { id } of await lapsedRuns(app.db, { now, before: now }, 2)) seen.push(id)
    app.clock.advance(1_000)
  }
  expect(new Set(seen).size).toBe(6)
  await app.db.deleteFrom('emails').where('userId', '=', owner.userId).execute()
})
