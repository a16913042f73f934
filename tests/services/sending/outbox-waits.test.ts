import { afterAll, expect, test } from 'vitest'
import { lapsedSends } from '../../../server/db/sweeps.ts'
import { createTestApp } from '../../support/app.ts'
import { type Inbox, openInbox, sweep } from '../../support/connected-inbox.ts'
import {
  approveNew,
  expectSentOnce,
  injectFault,
  sendPaths,
  stateOf,
  approvalOf,
  versionOf,
} from '../../support/sending.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

const minuteMs = 60_000
const hourMs = 60 * minuteMs

async function setStatus(inbox: Inbox, status: 'active' | 'needs_reauth' | 'disconnected'): Promise<void> {
  await app.db.updateTable('mailboxes').set({ status }).where('id', '=', inbox.mailboxId).execute()
}

test.each(['create', 'send'] as const)(
  'Gmail names a moment (%s): the send waits for it, is not asked about before, and goes out once',
  async (call) => {
    const inbox = await openInbox(app)
    const draft = await approveNew(inbox)
    injectFault(app, inbox, call, 'retryAfterInMessage')
    await app.drainDelayed()
    const asked = inbox.requests('POST', /drafts/).length
    for (let minutes = 0; minutes < 12; minutes += 3) {
      await app.drainDelayed()
      await sweep(app)
      app.clock.advance(3 * minuteMs)
    }
    expect(inbox.requests('POST', /drafts/)).toHaveLength(asked)
    expect(await stateOf(inbox)).toBe(call === 'create' ? 'READY' : 'SENDING')

    app.clock.advance(5 * minuteMs)
    await sweep(app)
    await expectSentOnce(inbox, draft)
  },
)

test('a send that waits for Gmail shows when it goes on, and can be cancelled', async () => {
  const inbox = await openInbox(app)
  const draft = await approveNew(inbox)
  injectFault(app, inbox, 'create', 'retryAfterInMessage')
  await app.drainDelayed()
  const { sendAt } = await inbox.draft(draft.id)
  const waitMs = Date.parse(sendAt ?? '') - app.clock.now().getTime()
  expect(Math.round(waitMs / minuteMs)).toBe(15)
  expect(await inbox.api.drafts.cancelSend(versionOf(draft))).toMatchObject({ status: 'pending', sendAt: null })
})

test('a day’s limit that ends tomorrow is waited for, even after the send has begun', async () => {
  const inbox = await openInbox(app)
  const draft = await approveNew(inbox)
  injectFault(app, inbox, 'send', 'dailyLimitExceeded')
  await app.drainDelayed()
  const [entry] = await inbox.outbox()
  const wakeMs = new Date(entry?.retryAt ?? 0).getTime() - app.clock.now().getTime()
  expect(wakeMs).toBeGreaterThan(0)
  app.clock.advance(wakeMs + minuteMs)
  await sweep(app)
  await expectSentOnce(inbox, draft)
})

test('while Gmail itself says when a lost send can be looked up, nobody is asked', async () => {
  const inbox = await openInbox(app)
  const draft = await approveNew(inbox)
  injectFault(app, inbox, 'send', 'answerLost')
  using fault = injectFault(app, inbox, 'thread', 'retryAfterInMessage', 2)
  for (let quarters = 0; quarters < 2; quarters++) {
    await app.drainDelayed()
    await sweep(app)
    expect(await stateOf(inbox)).toBe('SENDING')
    app.clock.advance(16 * minuteMs)
  }
  expect(fault.hits).toBe(2)
  await sweep(app)
  await expectSentOnce(inbox, draft)
})

test.each(['needs_reauth', 'disconnected'] as const)(
  'while its mailbox is %s an approved reply waits, says why, and goes out once it is connected again',
  async (status) => {
    const inbox = await openInbox(app)
    const draft = await approveNew(inbox)
    await setStatus(inbox, status)
    for (let hours = 0; hours < 20; hours += 5) {
      await app.drainDelayed()
      await sweep(app)
      app.clock.advance(5 * hourMs)
    }
    expect(inbox.requests('POST', /drafts/)).toEqual([])
    const waiting = await inbox.draft(draft.id)
    expect(waiting.status).toBe('approved')
    const [code, why] =
      status === 'disconnected'
        ? ['MAILBOX_DISCONNECTED', 'the mailbox is disconnected']
        : ['MAILBOX_NEEDS_REAUTH', 'Google asks for your consent']
    const reason = { code, text: expect.stringContaining(why) }
    expect(waiting).toMatchObject({ sendReasons: [reason], reasons: draft.reasons })

    await setStatus(inbox, 'active')
    await sweep(app)
    await expectSentOnce(inbox, draft)
    expect((await inbox.draft(draft.id)).sendReasons).toEqual([])
  },
)

test('after a day without its mailbox the reply is back in review, with the reason, and is not sent later', async () => {
  const inbox = await openInbox(app)
  const draft = await approveNew(inbox)
  await setStatus(inbox, 'needs_reauth')
  await app.drainDelayed()
  app.clock.advance(25 * hourMs)
  await sweep(app)
  expect(await stateOf(inbox)).toBe('CANCELLED')
  const reason = { code: 'WAITED_TOO_LONG', text: expect.stringContaining('could not go out for more than a day') }
  expect(await inbox.draft(draft.id)).toMatchObject({ sendReasons: [reason], reasons: draft.reasons })
  const { status, reasons } = await inbox.email(draft.emailId)
  expect({ status, reasons }).toEqual({ status: 'needs_review', reasons: [reason] })
  expect(await inbox.notifications()).toEqual(['draft_ready', 'send_withdrawn'])

  await setStatus(inbox, 'active')
  await sweep(app)
  expect(await inbox.sent()).toEqual([])
  await inbox.api.drafts.approve(approvalOf(draft))
  await app.drainDelayed()
  await expectSentOnce(inbox, draft)
})

test('sends that stick do not starve the others: who was not tried for longest comes first', async () => {
  const inbox = await openInbox(app)
  const ids: string[] = []
  for (let n = 0; n < 4; n++) {
    await approveNew(inbox, { from: `a${n}@engine.example` })
    ids.push((await inbox.outbox()).at(-1)?.id ?? '')
  }
  const now = app.clock.now().getTime()
  const at = (ms: number) => new Date(now + ms).toISOString()
  const set = (n: number, changes: { triedAt?: string; retryAt?: string; leaseUntil?: string }) =>
    app.db
      .updateTable('outbox')
      .set(changes)
      .where('id', '=', ids[n] ?? '')
      .execute()
  await set(0, { triedAt: at(0), leaseUntil: at(minuteMs) })
  await set(1, { triedAt: at(-20 * minuteMs) })
  await set(2, { triedAt: at(-minuteMs), retryAt: at(hourMs) })
  const found = async (ms: number, limit = 9) => {
    const lapsed = await lapsedSends(app.db, { now: at(ms), before: at(ms - 30_000) }, limit)
    return lapsed.map(({ id }) => ids.indexOf(id)).filter((n) => n >= 0)
  }
  expect(await found(minuteMs - 1_000)).toEqual([3, 1])
  expect(await found(minuteMs - 1_000, 1)).toEqual([3])
  expect(await found(2 * minuteMs)).toEqual([3, 1, 0])
  expect(await found(2 * hourMs)).toEqual([3, 1, 2, 0])
  expect(inbox.requests('POST', sendPaths.create)).toEqual([])
})
