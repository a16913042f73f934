import { randomUUID } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { deletePause, notePause } from '../../../server/db/system/circuit-pauses.ts'
import { checkHealth } from '../../../server/services/health/health.ts'
import { createTestApp } from '../../support/app.ts'
import { newOwnerRow } from '../../support/rows.ts'

const model = {
  provider: 'gemini',
  apiKey: 'k',
  model: 'gemini',
  classifyModel: 'gemini',
  embeddingModel: 'e',
  baseUrl: null,
} as const
const app = await createTestApp({ config: { model } })
afterAll(() => app[Symbol.asyncDispose]())

/** What the page tells of one part, and of the whole. */
async function health(part: 'queue' | 'gemini' | 'gmail') {
  const { status, checks } = await checkHealth(app.ctx)
  return [status, checks[part]]
}

test('jobs that failed for good degrade health, which says what to do, until they are given a new start', async () => {
  expect(await health('queue')).toEqual(['ok', { status: 'ok' }])
  const payload = { userId: randomUUID(), mailboxId: randomUUID() }
  for (let count = 0; count < 2; count++) {
    await app.db.transaction().execute((trx) => app.ctx.jobs.enqueue(trx, 'renew-watch', payload))
    const failing = { ...app.handlers, 'renew-watch': () => Promise.reject(new Error('it cannot be done')) }
    while ((await app.drainDelayed(failing)) > 0);
  }
  const detail = '2 jobs failed for good; npm run redrive lists them'
  expect(await health('queue')).toEqual(['degraded', { status: 'degraded', detail }])

  await app.ctx.jobs.redrive({})
  expect(await health('queue')).toEqual(['ok', { status: 'ok' }])
})

test('mailboxes whose syncs fail again and again are counted, and not named', async () => {
  const owners = await Promise.all(Array.from({ length: 5 }, () => newOwnerRow(app.db)))
  const fail = (index: number, changes: { failures: number; status?: 'needs_reauth' }) =>
    app.db
      .updateTable('mailboxes')
      .set(changes)
      .where('userId', '=', owners[index]?.userId ?? '')
      .execute()
  await fail(0, { failures: 2 })
  await fail(1, { failures: 9, status: 'needs_reauth' })
  expect(await health('gmail')).toEqual(['ok', { status: 'ok' }])

  await fail(2, { failures: 3 })
  await fail(3, { failures: 4 })
  const detail = '2 of 4 mailboxes cannot be read'
  expect(await health('gmail')).toEqual(['degraded', { status: 'degraded', detail }])
  await fail(2, { failures: 0 })
  await fail(3, { failures: 0 })
  expect(await health('gmail')).toEqual(['ok', { status: 'ok' }])
})

test('a service that another process leaves alone is told here too, until it is reached again', async () => {
  await notePause(app.db, 'gemini', 30_000)
  const [{ since } = { since: '' }] = await app.db.selectFrom('circuitPauses').select('since').execute()
  await notePause(app.db, 'gemini', 60_000)
  const [status, gemini] = await health('gemini')
  expect([status, gemini]).toEqual([
    'degraded',
    { status: 'degraded', detail: expect.stringContaining(`Gemini is not asked since ${since}`) as string },
  ])
  await deletePause(app.db, 'gemini')
  expect(await health('gemini')).toEqual(['ok', { status: 'ok', detail: 'gemini' }])
})

test('what a process said and repeated no more counts for nothing', async () => {
  await notePause(app.db, 'gmail', -121_000)
  expect(await health('gmail')).toEqual(['ok', { status: 'ok' }])
  await notePause(app.db, 'gmail', 30_000)
  const { since } = await app.db.selectFrom('circuitPauses').select('since').executeTakeFirstOrThrow()
  expect(Date.now() - Date.parse(since)).toBeLessThan(60_000)
  await deletePause(app.db, 'gmail')
})

test('a process that only answers requests says when no worker runs', async () => {
  await using api = await createTestApp({ config: { roles: ['api'] } })
  const { status, checks } = await checkHealth(api.ctx)
  const detail = 'no worker is running: nothing is read, drafted or sent'
  expect([status, checks.queue]).toEqual(['degraded', { status: 'degraded', detail }])
})
