import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { MailboxStatus } from '../../shared-types/index.ts'
import { type SignedIn, startTestServer, type TestServer } from '../http/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

async function newMailbox(owner: SignedIn, values: { status?: MailboxStatus; createdAt?: string } = {}) {
  const id = randomUUID()
  await server.db
    .insertInto('mailboxes')
    .values({
      userId: owner.user.id,
      id,
      googleSubject: id,
      address: `${id}@gmail.example`,
      scopes: [],
      status: 'active',
      ...values,
    })
    .execute()
  return id
}

test('the consent page is asked for with a state that only its hash of is stored', async () => {
  const alice = await server.newUser()
  const { body, cookies } = await server.call(
    'mailboxes.authorizeUrl',
    { purpose: 'connect' },
    { token: alice.accessToken },
  )
  const state = new URL(body.result.data.url as string).searchParams.get('state')
  expect(state).toMatch(/^[\w-]{43}$/)
  expect(cookies).toEqual([
    expect.stringMatching(
      /^reasonflow_browser=[\w-]{43}; Max-Age=600; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    ),
  ])
  const rows = await server.db.selectFrom('oauthStates').where('userId', '=', alice.user.id).selectAll().execute()
  expect(rows).toHaveLength(1)
  expect(JSON.stringify(rows)).not.toContain(state)
})

test('without a Gmail client the consent page is refused with a reason of its own', async () => {
  await using bare = await startTestServer({ GMAIL_CLIENT_ID: '', GMAIL_CLIENT_SECRET: '' })
  const alice = await bare.newUser()
  const { status, body } = await bare.call(
    'mailboxes.authorizeUrl',
    { purpose: 'connect' },
    { token: alice.accessToken },
  )
  expect(status).toBe(412)
  expect(body.error.data.reason).toBe('GMAIL_NOT_CONFIGURED')
  const me = await bare.ask('auth.me', undefined, { token: alice.accessToken })
  expect(me.body.result.data.missing).toContain('GMAIL_CLIENT')
})

test('the list has the owner their mailboxes and nobody else, page by page in the order they were connected', async () => {
  const [alice, bob] = [await server.newUser(), await server.newUser()]
  await newMailbox(bob)
  const createdAt = '2026-03-01T10:00:00.000Z'
  const ids = [await newMailbox(alice, { createdAt }), await newMailbox(alice, { createdAt }), await newMailbox(alice)]

  const first = await server.ask('mailboxes.list', { limit: 2 }, { token: alice.accessToken })
  const { items, nextCursor } = first.body.result.data
  const second = await server.ask('mailboxes.list', { limit: 2, cursor: nextCursor }, { token: alice.accessToken })
  const all = [...items, ...second.body.result.data.items] as { id: string }[]
  expect(items).toHaveLength(2)
  expect(second.body.result.data.nextCursor).toBeNull()
  expect(all.map((item) => item.id).sort()).toEqual(ids.sort())
  expect(Object.keys(items[0]).sort()).toEqual(
    [
      'address',
      'cursorAgeSeconds',
      'id',
      'importProgress',
      'lastError',
      'lastSyncAt',
      'status',
      'watchExpiresAt',
    ].sort(),
  )
  expect((await server.ask('mailboxes.list', undefined, { token: alice.accessToken })).body.result.data.items).toEqual(
    all,
  )
})

test('a cursor that no list gave is refused', async () => {
  const alice = await server.newUser()
  const { status } = await server.ask('mailboxes.list', { cursor: 'made-up' }, { token: alice.accessToken })
  expect(status).toBe(400)
})

test('a sync is enqueued once asked for', async () => {
  const alice = await server.newUser()
  const mailboxId = await newMailbox(alice)
  const { body } = await server.call('mailboxes.sync', { mailboxId }, { token: alice.accessToken })
  expect(body.result.data.jobId).toMatch(/^[0-9a-f-]{36}$/)
  expect(await server.enqueued()).toContainEqual({
    name: 'sync-mailbox',
    payload: { userId: alice.user.id, mailboxId },
  })
})

test.each([
  ['needs_reauth', 'GMAIL_NEEDS_REAUTH'],
  ['disconnected', 'MAILBOX_DISCONNECTED'],
] as const)('a mailbox that is %s answers a sync with %s', async (status, reason) => {
  const alice = await server.newUser()
  const mailboxId = await newMailbox(alice, { status })
  const { status: http, body } = await server.call('mailboxes.sync', { mailboxId }, { token: alice.accessToken })
  expect(http).toBe(412)
  expect(body.error.data.reason).toBe(reason)
})

test("another owner's mailbox answers exactly like one that does not exist", async () => {
  const [alice, bob] = [await server.newUser(), await server.newUser()]
  const foreign = await newMailbox(bob)
  const before = await server.enqueued()
  const answers = await Promise.all(
    [foreign, randomUUID()].map((mailboxId) =>
      server.call('mailboxes.sync', { mailboxId }, { token: alice.accessToken }),
    ),
  )
  const [one, other] = answers.map(({ status, body }) => ({
    status,
    error: { ...body.error, data: { ...body.error.data, requestId: '' } },
  }))
  expect(one).toEqual(other)
  expect(one).toMatchObject({ status: 404, error: { data: { reason: 'NOT_FOUND' } } })
  expect(await server.enqueued()).toEqual(before)
})

test('asking for consent pages without end is refused', async () => {
  const alice = await server.newUser()
  const statuses = []
  for (let round = 0; round < 31; round++) {
    const { status } = await server.call('mailboxes.authorizeUrl', { purpose: 'connect' }, { token: alice.accessToken })
    statuses.push(status)
  }
  expect(statuses.slice(0, 30).every((status) => status === 200)).toBe(true)
  expect(statuses[30]).toBe(429)
})
