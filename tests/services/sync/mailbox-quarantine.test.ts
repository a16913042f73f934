import { afterAll, expect, test } from 'vitest'
import { faultMatrix } from '../../../google-sandbox/sandbox.ts'
import { UpstreamError } from '../../../server/errors.ts'
import { syncMailbox } from '../../../server/services/sync/mailbox-sync.ts'
import { createTestApp } from '../../support/app.ts'
import { type Inbox, openInbox, sweep } from '../../support/connected-inbox.ts'
import { quarantined, syncState } from '../../support/mailbox-rows.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

const onlyStored = { autonomy: 'off', classifyOnSync: false } as const
const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
const subjectsOf = async (inbox: Inbox) => (await inbox.emails()).map(({ subject }) => subject).sort()
const readsOf = (inbox: Inbox, id: string) => inbox.requests('GET', new RegExp(`/messages/${id}$`)).length

async function later(ms: number): Promise<void> {
  app.clock.advance(ms)
  await sweep(app)
}

test.each(['internalError', 'truncatedJson'] as const)(
  'one message that is always answered with %s holds nothing up, and is read once Gmail can',
  async (name) => {
    const inbox = await openInbox(app, onlyStored)
    const { id } = await app.deliver(inbox.owner, { subject: 'Broken for a while' })
    await app.deliver(inbox.owner, { subject: 'Whole' })
    const before = await syncState(app, inbox)
    {
      using _fault = app.google.inject({
        match: { path: new RegExp(`/messages/${id}$`) },
        kind: faultMatrix[name],
        times: 99,
      })
      await inbox.sync()
      expect(await subjectsOf(inbox)).toEqual(['Whole'])
      expect(await inbox.mailbox()).toMatchObject({ lastError: null })
      expect((await syncState(app, inbox)).historyId).not.toBe(before.historyId)
      expect(await quarantined(app, inbox)).toMatchObject([
        { gmailId: id, tries: 1, reason: expect.stringMatching(/Gmail/) },
      ])
      const reads = readsOf(inbox, id)
      await inbox.sync()
      expect(readsOf(inbox, id)).toBe(reads)
      await later(6 * minuteMs)
      expect(await quarantined(app, inbox)).toMatchObject([{ tries: 2 }])
    }
    await later(11 * minuteMs)
    expect(await subjectsOf(inbox)).toEqual(['Broken for a while', 'Whole'])
    expect(await quarantined(app, inbox)).toEqual([])
  },
)

test('the pauses between the tries of a bad message grow, up to a day', async () => {
  const inbox = await openInbox(app, onlyStored)
  await app.deliver(inbox.owner)
  const getMessage = () => Promise.reject(new UpstreamError('gmail', 'unavailable', 'Gmail answered 500.'))
  const ctx = { ...app.ctx, mailbox: { ...app.ctx.mailbox, getMessage } }
  const pauses: number[] = []
  for (let tries = 0; tries < 11; tries++) {
    await syncMailbox(ctx, inbox, new AbortController().signal)
    const [row] = await quarantined(app, inbox)
    const pauseMs = new Date(row!.retryAt).getTime() - app.clock.now().getTime()
    pauses.push(Math.round(pauseMs / minuteMs))
    app.clock.advance(pauseMs + 1_000)
  }
  expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1_280, 1_440, 1_440])
})

test('a message Gmail refuses to hand out is kept by name, tried seldom, and read when it can be', async () => {
  const inbox = await openInbox(app, onlyStored)
  const { id } = await app.deliver(inbox.owner, { subject: 'Refused at first' })
  {
    const path = new RegExp(`/messages/${id}$`)
    using _fault = app.google.inject({ match: { path }, times: 9, kind: faultMatrix.invalidArgument })
    await inbox.receive({ subject: 'Whole' })
    await later(20 * 60 * minuteMs)
    expect(readsOf(inbox, id)).toBe(1)
    expect(await quarantined(app, inbox)).toMatchObject([
      { gmailId: id, tries: 1, reason: expect.stringContaining('400') },
    ])
    await later(5 * 60 * minuteMs)
    expect(await quarantined(app, inbox)).toMatchObject([{ tries: 2 }])
  }
  await later(2 * dayMs + minuteMs)
  expect(await subjectsOf(inbox)).toEqual(['Refused at first', 'Whole'])
  expect(await quarantined(app, inbox)).toEqual([])
})

test('a message that is deleted while it is quarantined is forgotten', async () => {
  const inbox = await openInbox(app, onlyStored)
  const { id } = await app.deliver(inbox.owner)
  app.google.inject({ match: { path: new RegExp(`/messages/${id}$`) }, kind: faultMatrix.invalidArgument })
  await inbox.sync()
  expect(await quarantined(app, inbox)).toHaveLength(1)
  app.google.byHand(inbox.owner.email).delete(id)
  await later(dayMs + minuteMs)
  expect(await quarantined(app, inbox)).toEqual([])
  expect(await inbox.emails()).toEqual([])
})

test('when Gmail answers nothing at all no message is blamed: the sync fails as a whole and comes again', async () => {
  const inbox = await openInbox(app, onlyStored)
  await app.deliver(inbox.owner, { subject: 'Innocent' })
  const before = await syncState(app, inbox)
  {
    const match = { path: /\/(messages\/\w+|profile)$/, email: inbox.owner.email }
    using _fault = app.google.inject({ match, kind: faultMatrix.unavailable, times: 999 })
    await inbox.sync()
  }
  expect(await quarantined(app, inbox)).toEqual([])
  expect(await syncState(app, inbox)).toMatchObject({ historyId: before.historyId, failures: 1 })
  await later(minuteMs)
  expect(await subjectsOf(inbox)).toEqual(['Innocent'])
})

test('when many messages are answered badly the fault is Gmail’s own: a few are quarantined, and the cursor stays', async () => {
  const inbox = await openInbox(app, onlyStored)
  for (let n = 0; n < 14; n++) await app.deliver(inbox.owner, { subject: `Mail ${n}` })
  const before = await syncState(app, inbox)
  {
    const match = { path: /\/messages\/\w+$/, email: inbox.owner.email }
    using _fault = app.google.inject({ match, kind: { status: 403, html: '<h1>Forbidden</h1>' }, times: 999 })
    await inbox.sync()
  }
  expect((await quarantined(app, inbox)).length).toBeLessThanOrEqual(8)
  expect(await syncState(app, inbox)).toMatchObject({ historyId: before.historyId, failures: 1 })
  for (let minute = 0; minute < 12; minute++) await later(minuteMs)
  expect(await inbox.emails()).toHaveLength(14)
  expect(await quarantined(app, inbox)).toEqual([])
})
