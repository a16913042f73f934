import { afterAll, beforeEach, expect, test } from 'vitest'
import { faultMatrix } from '../../../google-sandbox/sandbox.ts'
import { renewWatch } from '../../../server/services/sync/gmail-watch.ts'
import { answer } from '../../http/test-server.ts'
import { createTestApp } from '../../support/app.ts'
import { type Inbox, openInbox, sweep } from '../../support/connected-inbox.ts'
import { failAt, stepsOf } from '../../support/crash.ts'
import { createPushedApp, waitingJobs } from '../../support/push.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

const app = await createPushedApp()
afterAll(() => app[Symbol.asyncDispose]())

let inbox: Inbox
beforeEach(async () => {
  inbox = await openInbox(app)
})

const watches = () => inbox.requests('POST', /\/watch$/).length
const keep = (signal = new AbortController().signal) => renewWatch(app.ctx, inbox, signal)

/** How long push will last, in days; 0 when there is none. */
async function daysLeft(): Promise<number> {
  const { watchExpiresAt } = await inbox.mailbox()
  return watchExpiresAt ? (Date.parse(watchExpiresAt) - app.clock.now().getTime()) / dayMs : 0
}

/** As if the watch had been begun so long ago that it ends then. */
function endWatchIn(ms: number) {
  const watchExpiresAt = new Date(app.clock.now().getTime() + ms).toISOString()
  return app.db.updateTable('mailboxes').set({ watchExpiresAt }).where('userId', '=', inbox.userId).execute()
}

test('new mail reaches the inbox by push, without any polling', async () => {
  expect(await waitingJobs(app, 'sync-mailbox', inbox.userId)).toBe(0)
  await app.deliver(inbox.owner, { subject: 'Pushed, not polled' })
  await app.subscription.settled()
  expect(app.subscription.backlog).toBe(0)
  expect(await waitingJobs(app, 'sync-mailbox', inbox.userId)).toBe(1)
  await app.drain()
  expect((await inbox.emails()).map(({ subject }) => subject)).toEqual(['Pushed, not polled'])
})

test('notifications that come twice, late and in disorder lose no mail and store none twice', async () => {
  await using late = await createPushedApp()
  const { owner, emails } = await openInbox(late)
  late.subscription.hold()
  for (const subject of ['one', 'two', 'three']) await late.deliver(owner, { subject })
  await late.subscription.deliver({ copies: 3 })
  await late.drain()
  await late.subscription.deliver()
  await late.drain()
  expect((await emails()).map(({ subject }) => subject).sort()).toEqual(['one', 'three', 'two'])
})

test('a connected mailbox is watched at once, and its owner sees until when', async () => {
  expect(watches()).toBe(1)
  expect(await daysLeft()).toBeGreaterThan(6.5)
})

test('a watch moves no cursor: what came before it is still read', async () => {
  const cursor = () =>
    app.db.selectFrom('mailboxes').where('userId', '=', inbox.userId).select('historyId').executeTakeFirst()
  const before = await cursor()
  await app.deliver(inbox.owner)
  await endWatchIn(dayMs)
  await keep()
  expect(watches()).toBe(2)
  expect(await cursor()).toEqual(before)
  await inbox.sync()
  expect(await inbox.emails()).toHaveLength(1)
})

test('a watch is renewed daily, and no sooner', async () => {
  await endWatchIn(6 * dayMs + hourMs)
  await sweep(app)
  expect(watches()).toBe(1)
  await endWatchIn(6 * dayMs - hourMs)
  await sweep(app)
  expect(watches()).toBe(2)
  expect(await daysLeft()).toBeGreaterThan(6.5)
})

test('a renewal that is asked for twice is made once', async () => {
  await endWatchIn(dayMs)
  await keep()
  await keep()
  expect(watches()).toBe(2)
})

test('a watch that Gmail refuses is asked for once an hour, and mail is polled meanwhile', async () => {
  await using refused = await createPushedApp()
  const fault = refused.google.inject({ match: { path: /\/watch$/ }, kind: faultMatrix.invalidArgument, times: 100 })
  const { owner, emails, mailbox, requests } = await openInbox(refused)
  refused.subscription.hold()
  const asked = () => requests('POST', /\/watch$/).length
  for (let minutes = 0; minutes < 3; minutes++) {
    refused.clock.advance(60_000)
    await sweep(refused)
  }
  expect(asked()).toBe(1)

  await refused.deliver(owner, { subject: 'Polled' })
  refused.clock.advance(hourMs)
  await sweep(refused)
  expect(asked()).toBe(2)
  expect((await emails()).map(({ subject }) => subject)).toEqual(['Polled'])

  fault[Symbol.dispose]()
  refused.clock.advance(hourMs)
  await sweep(refused)
  expect(await mailbox()).toMatchObject({ watchExpiresAt: expect.any(String) })
})

test('a mailbox that asks for consent again is left alone, and is watched anew once it has it', async () => {
  await endWatchIn(dayMs)
  await app.google.revokeGrants(inbox.owner.email)
  await sweep(app)
  expect(await inbox.mailbox()).toMatchObject({ status: 'needs_reauth' })
  const before = watches()
  await sweep(app)
  await keep()
  expect(watches()).toBe(before)

  await consentAgain()
  await app.drain()
  expect(await inbox.mailbox()).toMatchObject({ status: 'active' })
  expect(watches()).toBe(before + 1)
  expect(await daysLeft()).toBeGreaterThan(6)
})

test.each(['before', 'after'] as const)(
  'whoever dies %s a step of the renewal is followed by the next sweep',
  async (moment) => {
    const renewal = () => endWatchIn(dayMs).then(() => keep())
    const names = await stepsOf(renewal)
    expect(names.filter((name) => name.includes('watch'))).toEqual(['gmail-watch', 'store-watch'])
    for (const name of names) {
      expect(await failAt({ name, moment, isFatal: true }, () => renewal().catch(() => {}))).toBe(true)
      await sweep(app)
      expect(await daysLeft()).toBeGreaterThan(6)
    }
  },
)

test('a stopping worker leaves the renewal to the next one, which need not wait an hour', async () => {
  await endWatchIn(dayMs)
  using _fault = app.google.inject({ match: { path: /\/watch$/, email: inbox.owner.email }, kind: 'timeout' })
  const stopping = new AbortController()
  const stopped = keep(stopping.signal).catch((error: unknown) => error)
  await expect.poll(watches).toBe(2)
  stopping.abort()
  expect(await stopped).toBeInstanceOf(Error)
  await sweep(app)
  expect(await daysLeft()).toBeGreaterThan(6)
})

test('of two that renew at once the later one stores nothing over what the first one stored', async () => {
  await endWatchIn(dayMs)
  await Promise.all([keep(), keep()])
  expect(await daysLeft()).toBeGreaterThan(6)
})

test.each([true, false])(
  'where push is switched off a watch is stopped, once, should Gmail take it or not (%s)',
  async (isTaken) => {
    await using off = await createTestApp()
    const watched = await openInbox(off)
    const set = { watchExpiresAt: new Date(off.clock.now().getTime() + 5 * dayMs).toISOString() }
    await off.db.updateTable('mailboxes').set(set).where('userId', '=', watched.userId).execute()
    using _fault = off.google.inject({ match: { path: /\/stop$/ }, kind: 'reset', times: isTaken ? 0 : 3 })
    await sweep(off)
    const stops = watched.requests('POST', /\/stop$/).length
    expect(stops).toBe(isTaken ? 1 : 3)
    expect(await watched.mailbox()).toMatchObject({ watchExpiresAt: null, status: 'active' })
    await sweep(off)
    expect(watched.requests('POST', /\/stop$/)).toHaveLength(stops)
  },
)

async function consentAgain(): Promise<void> {
  const url = await app.url()
  const { body, cookies } = await answer(`${url}/trpc/mailboxes.authorizeUrl`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${inbox.owner.accessToken}` },
    body: JSON.stringify({ purpose: 'connect' }),
  })
  const callback = await app.google.consent(body.result.data.url as string, { email: inbox.owner.email })
  const cookie = cookies[0]?.split(';')[0] ?? ''
  await answer(`${url}/api/v1/auth/gmail/callback${callback.search}`, { headers: { cookie } })
}
