import { afterAll, expect, test } from 'vitest'
import { TrustPage } from '../../shared-types/index.ts'
import { createAutomaticApp, earnTrust } from '../support/automatic.ts'
import { openInbox } from '../support/connected-inbox.ts'
import { httpClient, refusalOf } from '../support/http-client.ts'
import { versionOf } from '../support/sending.ts'

const app = await createAutomaticApp()
afterAll(() => app[Symbol.asyncDispose]())

const nothing = { approvals: 0, needed: 5, missing: 5, lastTakenBackAt: null }
const intents = ['follow_up', 'inquiry', 'meeting_request', 'other']

test('a new owner sees every intent that may ever be answered unread, and what it lacks', async () => {
  const client = await httpClient(app, await app.newOwner())
  expect(await client.trust.list.query()).toEqual({
    items: intents.map((intent) => ({ kind: 'intent', intent, ...nothing })),
    nextCursor: null,
  })
})

test('decisions show with the intent of the mail and with who wrote it', async () => {
  const inbox = await openInbox(app, { trustApprovals: 2 })
  const client = await httpClient(app, inbox.owner)
  await inbox.api.drafts.approve(versionOf(await inbox.newDraft({ subject: 'One' })))
  const bobs = await inbox.newDraft({ subject: 'Two', from: 'Bob <bob@engine.example>' })
  const before = app.clock.now().toISOString()
  await inbox.api.drafts.reject(versionOf(bobs))
  const page = TrustPage.parse(await client.trust.list.query())
  const inquiry = page.items[1]
  expect(inquiry).toMatchObject({ intent: 'inquiry', approvals: 0, needed: 2, missing: 2 })
  expect((inquiry?.lastTakenBackAt ?? '') >= before).toBe(true)
  const untouched = (intent: string) => ({ ...nothing, kind: 'intent', intent, needed: 2, missing: 2 })
  expect(page.items).toEqual([
    untouched('follow_up'),
    inquiry,
    ...['meeting_request', 'other'].map(untouched),
    { kind: 'correspondent', address: 'ada@engine.example', ...nothing, approvals: 1, needed: 2, missing: 1 },
    { ...inquiry, kind: 'correspondent', address: 'bob@engine.example', intent: undefined },
  ])
})

test('more than enough lacks nothing', async () => {
  const inbox = await openInbox(app, { trustApprovals: 1 })
  await earnTrust(app, inbox)
  const { items } = await inbox.api.trust.list()
  expect(items).toHaveLength(5)
  for (const item of items) expect(item).toMatchObject({ approvals: 5, needed: 1, missing: 0 })
})

test('pages hold everything once, in one order, whatever stands in an address', async () => {
  const [inbox, other] = [await openInbox(app), await openInbox(app)]
  const people = [
    'Z@b.example',
    'a@b.example',
    'a.b@b.example',
    'ab@b.example',
    'é@b.example',
    '-@b.example',
    "'@b.example",
  ]
  await earnTrust(app, inbox, people)
  await earnTrust(app, other, ['mallory@evil.example'])
  const whole = (await inbox.api.trust.list()).items
  expect(whole).toHaveLength(intents.length + people.length)
  for (const limit of [1, 2, 4, 5, 11]) {
    const items = []
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await inbox.api.trust.list({ limit, ...(cursor ? { cursor } : {}) })
      expect(page.items.length).toBeLessThanOrEqual(limit)
      items.push(...page.items)
      cursor = page.nextCursor
    }
    expect(items).toEqual(whole)
  }
})

test('a cursor of another list is refused', async () => {
  const client = await httpClient(app, await app.newOwner())
  const cursor = Buffer.from(JSON.stringify([app.clock.now(), crypto.randomUUID()])).toString('base64url')
  expect(await refusalOf(client.trust.list.query({ cursor }))).toMatchObject({ reason: 'VALIDATION_FAILED' })
})

test('what the owner decided goes with its mailbox, and with the account', async () => {
  for (const table of ['mailboxes', 'users'] as const) {
    const inbox = await openInbox(app)
    await earnTrust(app, inbox)
    const rows = () => app.db.selectFrom('trustDecisions').where('userId', '=', inbox.userId).select('kind').execute()
    expect(await rows()).toHaveLength(25)
    await app.db
      .deleteFrom(table)
      .where('id', '=', table === 'users' ? inbox.userId : inbox.mailboxId)
      .execute()
    expect(await rows()).toEqual([])
  }
})
