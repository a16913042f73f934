import { sql } from 'kysely'
import { afterAll, expect, test, vi } from 'vitest'
import { createTestApp, testEnvironment } from '../support/app.ts'
import { startNode } from '../support/child.ts'
import { openInbox } from '../support/connected-inbox.ts'
import { httpClient } from '../support/http-client.ts'
import { newServerDatabase, portOf } from '../support/server-process.ts'

const recovery = { timeout: 200_000, interval: 50 }
const fiveMinutes = 5 * 60_000

const stack = new AsyncDisposableStack()
afterAll(() => stack.disposeAsync())
const { url } = stack.use(await newServerDatabase())
const database = { kind: 'native', url: url ?? '', maxConnections: 4 } as const
const app = stack.use(await createTestApp({ config: { database, roles: ['api'] } }))

/** A server process whose machine's clock is off. */
async function startSkewed(roles: string, aheadMs: number) {
  const server = startNode(['--import', './tests/machines/soak/clock-ahead.ts', 'server/main.ts'], {
    ...testEnvironment(app.google),
    LOG_LEVEL: 'info',
    DATABASE_URL: database.url,
    PORT: '0',
    ROLES: roles,
    CLOCK_AHEAD_MS: String(aheadMs),
  })
  await server.printed(/ReasonFlow (listens|works)/)
  return { ...server, url: async () => `http://127.0.0.1:${await portOf(server)}` }
}

test.each([
  { api: 'behind', worker: 'ahead', apiAheadMs: -fiveMinutes },
  { api: 'ahead', worker: 'behind', apiAheadMs: fiveMinutes },
])(
  'a reply approved where the clock is $api leaves where it is $worker after its undo window, and soon after',
  async ({ apiAheadMs }) => {
    const inbox = await openInbox(app, { undoWindowSeconds: 5 })
    const draft = await inbox.newDraft()
    await using api = await startSkewed('api', apiAheadMs)
    await using _worker = await startSkewed('worker', -apiAheadMs)
    const client = await httpClient(api, inbox.owner)
    await client.drafts.approve.mutate({ acceptOpenQuestions: true, draftId: draft.id, version: draft.version })

    const sends = () => inbox.requests('POST', /\/drafts\/send$/)
    await vi.waitFor(() => expect(sends()).toHaveLength(1), recovery)
    const [entry] = await inbox.outbox()
    const afterUndoMs = (sends()[0]?.at.getTime() ?? 0) - Date.parse(entry?.notBefore ?? '')
    expect(afterUndoMs).toBeGreaterThanOrEqual(0)
    expect(afterUndoMs).toBeLessThan(120_000)
  },
  // Two servers start, each with all it imports.
  400_000,
)

test('a worker whose clock is ahead takes no mailbox whose lease still stands', async () => {
  const inbox = await openInbox(app)
  await sql`update mailboxes set lease_until = clock_timestamp() + interval '60 seconds'
    where id = ${inbox.mailboxId}`.execute(app.db)
  const epoch = async () => {
    const row = await app.db
      .selectFrom('mailboxes')
      .where('userId', '=', inbox.userId)
      .where('id', '=', inbox.mailboxId)
      .select('leaseEpoch')
      .executeTakeFirstOrThrow()
    return row.leaseEpoch
  }
  const before = await epoch()
  await using worker = await startSkewed('worker', fiveMinutes)
  await inbox.api.mailboxes.sync({ mailboxId: inbox.mailboxId })
  await worker.printed('this mailbox is held by another worker')
  expect(await epoch()).toBe(before)
})
