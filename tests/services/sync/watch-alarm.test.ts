import { afterEach, beforeEach, expect, test } from 'vitest'
import { registry } from '../../../server/metrics.ts'
import { warnOfLapsingWatches } from '../../../server/services/sync/gmail-watch.ts'
import { answer, startTestServer, type TestServer } from '../../http/test-server.ts'
import { newOwnerRow } from '../../support/rows.ts'
import { push } from '../../support/push.ts'

const hourMs = 3_600_000

let server: TestServer
beforeEach(async () => {
  server = await startTestServer({
    GMAIL_PUBSUB_TOPIC: push.topic,
    GMAIL_PUSH_AUDIENCE: push.audience,
    GMAIL_PUSH_SERVICE_ACCOUNT: push.serviceAccount,
  })
})
afterEach(() => server[Symbol.asyncDispose]())

const inHours = (hours: number) => new Date(server.clock.now().getTime() + hours * hourMs).toISOString()

interface Watched {
  watchExpiresAt?: string | null
  watchRetryAt?: string
  status?: 'active' | 'needs_reauth' | 'disconnected'
}

async function newMailbox(watched: Watched): Promise<{ address: string }> {
  const owner = await newOwnerRow(server.db)
  await server.db.updateTable('mailboxes').set(watched).where('userId', '=', owner.userId).execute()
  return owner
}

async function gmailHealth() {
  const { status, body } = await answer(`${server.url}/health`, {})
  return { http: status, status: body.status, gmail: body.checks.gmail }
}

async function lapsing(): Promise<number> {
  return Number(/watches_lapsing (\d+)/.exec(await registry.metrics())?.[1])
}

const sound = { http: 200, status: 'ok', gmail: { status: 'ok' } }

test('a watch that ends within 48 hours degrades health, which says for how many mailboxes and names none', async () => {
  await newMailbox({ watchExpiresAt: inHours(49) })
  expect(await gmailHealth()).toEqual(sound)
  expect(await lapsing()).toBe(0)

  const { address } = await newMailbox({ watchExpiresAt: inHours(47) })
  const detail = 'push has ended or ends within 48 hours for 1 mailbox; polling goes on'
  expect(await gmailHealth()).toEqual({ http: 200, status: 'degraded', gmail: { status: 'degraded', detail } })
  expect(await lapsing()).toBe(1)

  await newMailbox({ watchExpiresAt: inHours(-1) })
  const { gmail } = await gmailHealth()
  expect(gmail.detail).toContain('2 mailboxes')
  expect(gmail.detail).not.toContain(address)
})

test('a mailbox connected a moment ago is no lapse, one whose watch could not be begun is', async () => {
  await newMailbox({ watchExpiresAt: null })
  expect(await gmailHealth()).toEqual(sound)
  await newMailbox({ watchExpiresAt: null, watchRetryAt: inHours(1) })
  expect((await gmailHealth()).gmail.status).toBe('degraded')
})

test('a mailbox that may not be used has no watch to lose', async () => {
  await newMailbox({ watchExpiresAt: inHours(1), status: 'needs_reauth' })
  await newMailbox({ watchExpiresAt: inHours(1), status: 'disconnected' })
  expect(await gmailHealth()).toEqual(sound)
})

test('a sweep says it in one line, however many they are, and says nothing when there is none', async () => {
  const warnings = () => server.lines.filter((line) => line.includes('polling goes on'))
  await warnOfLapsingWatches(server.ctx)
  expect(warnings()).toEqual([])
  const owners = [await newMailbox({ watchExpiresAt: inHours(1) }), await newMailbox({ watchExpiresAt: inHours(2) })]
  await warnOfLapsingWatches(server.ctx)
  expect(warnings()).toEqual([expect.stringMatching(/"level":40.*"mailboxes":2/)])
  for (const { address } of owners) expect(warnings().join('')).not.toContain(address)
})

test('without push nothing lapses', async () => {
  await using plain = await startTestServer()
  const { userId } = await newOwnerRow(plain.db)
  const set = { watchExpiresAt: new Date(0).toISOString() }
  await plain.db.updateTable('mailboxes').set(set).where('userId', '=', userId).execute()
  expect((await answer(`${plain.url}/health`, {})).body).toMatchObject({ status: 'ok' })
})
