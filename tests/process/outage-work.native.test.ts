import { setTimeout } from 'node:timers/promises'
import { sql } from 'kysely'
import { expect, test, vi } from 'vitest'
import { insertRun } from '../../server/db/runs/runs.ts'
import { jobCatalog } from '../../server/jobs/catalog.ts'
import { goodGemini } from '../support/good-gemini.ts'
import { cutAllConnections, haste, outcomes, startAtWork } from '../support/outage.ts'

/** After one cut all is well again when the slowest part has found out; the first of these tests has six of them. */
const recovery = { timeout: 90_000, interval: 250 }
const nothingLost = (mails: number) => ({ drafted: mails, drafts: mails, told: ['draft_ready'], deadLetters: [] })

test('a database that is restarted again and again under work costs nothing but time', async () => {
  await using work = await startAtWork()
  const { app, gemini, inbox } = work
  let asked = 0
  gemini.behave((request, response) => {
    asked += 1
    const restart = asked % 3 === 0 && asked < 20 ? cutAllConnections(app) : Promise.resolve()
    void restart.then(() => goodGemini(request, response))
  })
  await work.receive(8)
  await vi.waitFor(
    async () => {
      await haste(app)
      expect(await outcomes(app, inbox)).toEqual(nothingLost(8))
    },
    { ...recovery, timeout: 3 * recovery.timeout },
  )
  expect(asked).toBeGreaterThan(8)

  await vi.waitFor(async () => {
    expect((await work.health()).status).toBe('ok')
    expect(await listeners(app)).toBe(1)
  }, recovery)
  expect(work.server.output()).not.toMatch(/uncaught|unhandled/i)
}, 400_000)

test('a database that is away for half a minute at a run’s last try ends neither the run nor the server', async () => {
  await using work = await startAtWork()
  const { app, gemini, inbox, proxy } = work
  const [asked, back] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  gemini.behave((request, response) => {
    asked.resolve()
    void back.promise.then(() => goodGemini(request, response))
  })
  await inbox.api.settings.update({ processOnSync: false, classifyOnSync: false })
  await work.receive(1)
  const [mail] = await vi.waitFor(async () => {
    const mails = await inbox.emails()
    expect(mails).toHaveLength(1)
    return mails
  }, recovery)
  await app.db.transaction().execute(async (trx) => {
    const { userId } = inbox
    const traceId = crypto.randomUUID()
    const createdAt = new Date().toISOString()
    await insertRun(trx, userId, { id: traceId, emailId: mail?.id ?? '', scope: 'full', createdAt })
    await app.ctx.jobs.enqueue(trx, 'process-email', { userId, traceId })
    const { retryLimit } = jobCatalog['process-email']
    await sql`update pgboss.job set retry_count = ${retryLimit} where name = 'process-email'`.execute(trx)
  })
  await asked.promise

  await proxy.cut()
  back.resolve()
  const begun = performance.now()
  await work.server.printed('job failed')
  expect(await work.health()).toMatchObject({
    http: 503,
    status: 'down',
    checks: { database: { status: 'down', detail: 'cannot be reached' } },
  })
  await setTimeout(31_000 - (performance.now() - begun))
  await proxy.mend()

  await vi.waitFor(async () => {
    await haste(app)
    expect(await outcomes(app, inbox)).toEqual(nothingLost(1))
  }, recovery)
  await vi.waitFor(async () => expect(await work.health()).toMatchObject({ http: 200, status: 'ok' }), recovery)
}, 240_000)

test('with all its connections taken the server says so, answers 503 within seconds, and works on when they are free', async () => {
  await using work = await startAtWork({ DATABASE_MAX_CONNECTIONS: '2' })
  const { app, inbox, server } = work
  const logIn = async () => {
    const response = await fetch(`${server.url}/trpc/auth.login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: inbox.owner.email, password: 'correct horse battery' }),
    })
    return response.status
  }
  const held: Promise<number>[] = []
  await app.db.transaction().execute(async (trx) => {
    await sql`lock table users in access exclusive mode`.execute(trx)
    held.push(logIn(), logIn())
    await vi.waitFor(async () => expect(await waitingForLocks(app)).toBe(2), recovery)
    expect(await work.health()).toMatchObject({
      http: 200,
      checks: { database: { status: 'degraded', detail: 'no answer within 1000 ms' } },
    })
    const refused = await fetch(`${server.url}/trpc/auth.me`, {
      headers: { authorization: `Bearer ${inbox.owner.accessToken}` },
    })
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
  })
  expect(await Promise.all(held)).toEqual([200, 200])
  await work.receive(2)
  await vi.waitFor(async () => expect(await outcomes(app, inbox)).toEqual(nothingLost(2)), recovery)
  expect(await work.health()).toMatchObject({ http: 200, status: 'ok' })
})

/** Connections that listen for new jobs. */
async function listeners({ db }: Awaited<ReturnType<typeof startAtWork>>['app']): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from pg_stat_activity
    where datname = current_database() and application_name = 'reasonflow-queue'
      and (query like 'LISTEN %' or query like '%pg_listening_channels%') and pid <> pg_backend_pid()`.execute(db)
  return rows[0]?.count ?? 0
}

async function waitingForLocks({ db }: Awaited<ReturnType<typeof startAtWork>>['app']): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`.execute(db)
  return rows[0]?.count ?? 0
}
