import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import type { MetricsInterval } from '../../shared-types/index.ts'
import { createTestApp } from '../support/app.ts'
import { newDraftRow, newEmailRow, newMailboxRow, newTraceRow } from '../support/rows.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())
const { db } = app
const from = '2025-03-01T00:00:00.000Z'
const within = { from, to: '2025-04-01T00:00:00.000Z' }
const at = '2025-03-15T12:00:00.000Z'

async function newOwner() {
  const owner = await app.newOwner()
  const mailboxId = await newMailboxRow(db, owner.userId)
  const row = { userId: owner.userId, mailboxId }
  const receive = (receivedAt: string) => newEmailRow(db, row, { receivedAt: new Date(receivedAt) })
  return { ...row, receive, api: app.as(owner) }
}

test('percentiles are the values that were measured, of ended steps, runs and calls of the range and the owner alone', async () => {
  const { userId, receive, api } = await newOwner()
  const other = await newOwner()
  for (const [of, most] of [
    [{ userId, receive }, 100],
    [other, 3],
  ] as const) {
    const emailId = await of.receive(at)
    await sql`insert into traces (user_id, id, email_id, scope, status, total_ms, created_at)
      select ${of.userId}, gen_random_uuid(), ${emailId}, 'full', 'completed', n * 10, ${at}
      from generate_series(1, ${most}::integer) as n`.execute(db)
    await sql`insert into agent_steps (user_id, trace_id, name, position, status, started_at, ms)
      select user_id, id, 'generate', 5, 'completed', created_at, total_ms / 10 from traces
      where user_id = ${of.userId}`.execute(db)
    await sql`insert into tool_executions (user_id, id, trace_id, step_name, tool, status, ms, created_at)
      select user_id, gen_random_uuid(), trace_id, name, case when ms <= 4 then 'contact' else 'calendar' end,
        case when ms in (4, 50, 60) then 'failed' else 'ok' end, ms, started_at from agent_steps
      where user_id = ${of.userId}`.execute(db)
  }
  // Before it, at its end, only sorted, and not ended.
  const emailId = await receive(at)
  for (const createdAt of ['2025-02-28T23:59:59.999Z', within.to]) {
    const traceId = await newTraceRow(db, userId, { emailId, createdAt })
    await db.updateTable('traces').set({ totalMs: 99_999 }).where('id', '=', traceId).execute()
    await newStep(userId, traceId, createdAt, 99_999)
  }
  const sorted = await newTraceRow(db, userId, { emailId, createdAt: at })
  await db.updateTable('traces').set({ totalMs: 99_999, scope: 'classify' }).where('id', '=', sorted).execute()
  const running = await newTraceRow(db, userId, { emailId, createdAt: at })
  await newStep(userId, running, at, null)

  const { run, steps } = await api.metrics.latency(within)
  expect(run).toEqual({ count: 100, p50: 500, p90: 900, p99: 990 })
  expect(steps.find(({ name }) => name === 'generate')).toEqual({
    name: 'generate',
    count: 100,
    p50: 50,
    p90: 90,
    p99: 99,
  })
  expect(steps.filter(({ count }) => count === 0)).toHaveLength(7)
  expect((await api.metrics.tools(within)).tools).toEqual([
    { tool: 'calendar', calls: 96, failures: 2, ms: { p50: 52, p90: 91, p99: 100 } },
    { tool: 'contact', calls: 4, failures: 1, ms: { p50: 2, p90: 4, p99: 4 } },
  ])
  expect((await other.api.metrics.latency(within)).run).toEqual({ count: 3, p50: 20, p90: 30, p99: 30 })
})

function newStep(userId: string, traceId: string, startedAt: string, ms: number | null) {
  const status = ms === null ? 'running' : 'completed'
  return db
    .insertInto('agentSteps')
    .values({ userId, traceId, name: 'generate', position: 5, status, startedAt, ms })
    .execute()
}

test('how long a draft waited for the owner is told by the send that stands, of drafts made in the range', async () => {
  const { userId, mailboxId, receive, api } = await newOwner()
  const approve = async (
    createdAt: string,
    minutes: number,
    origin: 'owner' | 'agent',
    state: 'SENT' | 'CANCELLED',
  ) => {
    const emailId = await receive(createdAt)
    const { id: draftId } = await newDraftRow(db, userId, { emailId, createdAt })
    await db
      .updateTable('drafts')
      .set({ status: state === 'SENT' ? 'sent' : 'pending' })
      .where('id', '=', draftId)
      .execute()
    const approvedAt = new Date(Date.parse(createdAt) + minutes * 60_000).toISOString()
    const contentHash = Buffer.alloc(0)
    await db
      .insertInto('draftVersions')
      .values({ userId, draftId, version: 1, author: 'agent', body: 'x', contentHash, createdAt })
      .execute()
    const send = {
      userId,
      id: randomUUID(),
      draftId,
      draftVersion: 1,
      emailId,
      mailboxId,
      purpose: 'reply',
      contentHash,
    }
    await db
      .insertInto('outbox')
      .values({ ...send, state, origin, notBefore: approvedAt, createdAt: approvedAt })
      .execute()
  }
  for (const minutes of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) await approve(at, minutes, 'owner', 'SENT')
  await approve(at, 1_000, 'agent', 'SENT')
  await approve(at, 1_000, 'owner', 'CANCELLED')
  await approve('2025-02-28T23:59:59.999Z', 1_000, 'owner', 'SENT')
  expect(await api.metrics.summary(within)).toMatchObject({
    drafts: { made: 12, approvedUnchanged: 10, approvedAutomatically: 1, waiting: 1 },
    timeToApprove: { count: 10, p50: 5 * 60_000, p90: 9 * 60_000, p99: 10 * 60_000 },
    // The early one was approved in the range.
    sends: { sent: 12, cancelled: 1 },
    automaticShare: 1 / 12,
  })
})

async function countMails(
  zone: string,
  moments: string[],
  input: { from: string; to: string; interval?: MetricsInterval },
) {
  const { api, receive } = await newOwner()
  await api.settings.update({ timeZone: zone })
  for (const moment of moments) await receive(moment)
  const { items, timeZone } = await api.metrics.timeseries(input)
  expect(timeZone).toBe(zone)
  return items.map(({ date, start, mails }) => [date, start, mails])
}

test('a day is the owner’s own, from midnight to midnight, also where it has 23 or 25 hours; empty ones are there', async () => {
  const autumn = [
    '2025-10-25T21:59:59.999Z',
    '2025-10-25T22:00:00.000Z',
    '2025-10-26T22:59:59.999Z',
    '2025-10-26T23:00:00.000Z',
  ]
  expect(
    await countMails('Europe/Berlin', autumn, { from: '2025-10-24T22:00:00.000Z', to: '2025-10-28T23:00:00.000Z' }),
  ).toEqual([
    ['2025-10-25', '2025-10-24T22:00:00.000Z', 1],
    ['2025-10-26', '2025-10-25T22:00:00.000Z', 2],
    ['2025-10-27', '2025-10-26T23:00:00.000Z', 1],
    ['2025-10-28', '2025-10-27T23:00:00.000Z', 0],
  ])
  const spring = [
    '2025-03-29T22:59:59.999Z',
    '2025-03-29T23:00:00.000Z',
    '2025-03-30T21:59:59.999Z',
    '2025-03-30T22:00:00.000Z',
  ]
  expect(
    await countMails('Europe/Berlin', spring, { from: '2025-03-29T12:00:00.000Z', to: '2025-03-31T12:00:00.000Z' }),
  ).toEqual([
    ['2025-03-29', '2025-03-28T23:00:00.000Z', 1],
    ['2025-03-30', '2025-03-29T23:00:00.000Z', 2],
    ['2025-03-31', '2025-03-30T22:00:00.000Z', 1],
  ])
})

test('a day that lacks its midnight begins after it, and one that has two begins with the first', async () => {
  const lacking = ['2025-03-09T04:59:59.999Z', '2025-03-09T05:00:00.000Z']
  expect(
    await countMails('America/Havana', lacking, { from: '2025-03-08T12:00:00.000Z', to: '2025-03-09T12:00:00.000Z' }),
  ).toEqual([
    ['2025-03-08', '2025-03-08T05:00:00.000Z', 1],
    ['2025-03-09', '2025-03-09T05:00:00.000Z', 1],
  ])
  const twice = ['2025-11-02T03:59:59.999Z', '2025-11-02T04:00:00.000Z', '2025-11-02T05:00:00.000Z']
  expect(
    await countMails('America/Havana', twice, { from: '2025-11-01T12:00:00.000Z', to: '2025-11-03T05:00:00.000Z' }),
  ).toEqual([
    ['2025-11-01', '2025-11-01T04:00:00.000Z', 1],
    ['2025-11-02', '2025-11-02T04:00:00.000Z', 2],
  ])
})

test('weeks begin on the owner’s Monday, and of the first and the last only what lies in the range is counted', async () => {
  const moments = [
    '2025-10-22T00:00:00.000Z',
    '2025-10-24T00:00:00.000Z',
    '2025-10-26T22:59:59.999Z',
    '2025-10-26T23:00:00.000Z',
  ]
  const range = { from: '2025-10-23T00:00:00.000Z', to: '2025-11-04T00:00:00.000Z' }
  expect(await countMails('Europe/Berlin', moments, { ...range, interval: 'week' })).toEqual([
    ['2025-10-20', '2025-10-19T22:00:00.000Z', 2],
    ['2025-10-27', '2025-10-26T23:00:00.000Z', 1],
    ['2025-11-03', '2025-11-02T23:00:00.000Z', 0],
  ])
})

test('an owner’s own clock may be any that their settings take', async () => {
  for (const zone of ['UTC', '+05:30', 'asia/kathmandu', 'Pacific/Kiritimati', 'EST5EDT']) {
    const [day, ...more] = await countMails(zone, [at], { from: at, to: '2025-03-15T12:00:00.001Z' })
    expect([day?.[2], more]).toEqual([1, []])
  }
})
