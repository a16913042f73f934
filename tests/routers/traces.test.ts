import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { Trace, TraceItem } from '../../shared-types/index.ts'
import { saveStep } from '../../server/db/runs/steps.ts'
import { createTestApp } from '../support/app.ts'
import { httpClient, refusalOf } from '../support/http-client.ts'
import { findMail, newInbox } from '../support/inbox.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

test('runs are listed newest first and shown step by step in the promised shape', async () => {
  const owner = await newInbox(app, { subject: 'drawings' }, { subject: 'digest', headers: ['List-Id: <n.example>'] })
  await app.drain()
  const client = await httpClient(app, owner)
  const { items, nextCursor } = await client.traces.list.query({})
  expect(nextCursor).toBeNull()
  for (const item of items) expect(TraceItem.parse(item)).toEqual(item)
  expect(items.map(({ createdAt }) => createdAt)).toEqual(
    items
      .map(({ createdAt }) => createdAt)
      .toSorted()
      .reverse(),
  )
  const drawings = items.find(({ subject }) => subject === 'drawings')!
  expect(drawings).toMatchObject({
    status: 'completed',
    intent: 'inquiry',
    mode: 'reviewOnly',
    stepCount: 8,
    tokens: 0,
    cost: 0,
  })
  const trace = await client.traces.get.query({ traceId: drawings.id })
  expect(Trace.parse(trace)).toEqual(trace)
  expect(trace.steps.map(({ order }) => order)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  expect(trace.steps.flatMap(({ modelCalls }) => modelCalls.map(({ model }) => model))).toEqual([
    'offline-rules-1',
    'offline-rules-1',
    'offline-rules-1',
  ])
})

test('the calls of one step are told in the order they were made', async () => {
  const owner = await newInbox(app, { subject: 'drawings' })
  await app.drain()
  const traceId = (await app.as(owner).traces.list({})).items[0]?.id ?? ''
  const places = Array.from({ length: 10 }, (_, place) => place)
  const call = { model: 'm', promptVersion: '1', outcome: 'ok', inputTokens: 1, outputTokens: 1, cost: 0 }
  const tool = { tool: 'search', status: 'ok', input: {}, output: {}, error: null } as const
  await saveStep(app.db, owner.userId, traceId, {
    name: 'decide',
    position: 3,
    status: 'completed',
    startedAt: '2100-01-01T00:00:00.000Z',
    ms: 1,
    error: null,
    input: {},
    output: {},
    addition: null,
    tools: places.map((ms) => ({ ...tool, ms })),
    modelCalls: places.map((ms) => ({ ...call, task: 'decide', ms })),
  })
  const told = async () => {
    const { steps } = await app.as(owner).traces.get({ traceId })
    const { toolExecutions = [], modelCalls = [] } = steps.find(({ name }) => name === 'decide') ?? {}
    return [toolExecutions, modelCalls].map((calls) => calls.slice(-10).map(({ ms }) => ms))
  }
  expect(await told()).toEqual([places, places])
  // Wherever they stand in their table.
  for (const table of ['modelCalls', 'toolExecutions'] as const) {
    await app.db
      .updateTable(table)
      .set({ position: sql`9 - position` })
      .where('createdAt', '>', '2099-01-01')
      .execute()
  }
  const reversed = places.toReversed()
  expect(await told()).toEqual([reversed, reversed])
})

test('runs are filtered by mail and by status, together', async () => {
  const owner = await newInbox(app, { subject: 'drawings' }, { subject: 'digest', headers: ['List-Id: <n.example>'] })
  await app.drain()
  const client = await httpClient(app, owner)
  const { id: emailId } = await findMail(app, owner, 'digest')
  const { traceId } = await client.emails.process.mutate({ emailId })
  const ids = async (filter: Parameters<typeof client.traces.list.query>[0]) =>
    (await client.traces.list.query(filter)).items.map(({ id }) => id)
  expect(await ids({ emailId })).toHaveLength(2)
  expect(await ids({ emailId, status: 'queued' })).toEqual([traceId])
  expect(await ids({ status: 'completed' })).toHaveLength(2)
  expect(await ids({ emailId: randomUUID() })).toEqual([])
})

test('a run of somebody else answers exactly like one that does not exist', async () => {
  const alice = await newInbox(app, { subject: 'drawings' })
  await app.drain()
  const { items } = await app.as(alice).traces.list({})
  const bob = await httpClient(app, await app.newOwner())
  for (const traceId of [items[0]!.id, randomUUID()]) {
    expect(await refusalOf(bob.traces.get.query({ traceId }))).toEqual({
      status: 404,
      reason: 'NOT_FOUND',
      message: 'There is no such trace.',
      fieldErrors: null,
    })
  }
  expect((await bob.traces.list.query({})).items).toEqual([])
  expect((await bob.traces.list.query({ emailId: items[0]!.emailId })).items).toEqual([])
})
