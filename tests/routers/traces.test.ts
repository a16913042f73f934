import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { Trace, TraceItem } from '../../shared-types/index.ts'
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

test('a step is told apart by its name, and every output is one of its step', async () => {
  const owner = await newInbox(app, { subject: 'drawings' })
  await app.drain()
  const client = await httpClient(app, owner)
  const traceId = (await client.traces.list.query({})).items[0]?.id ?? ''
  const { steps } = await client.traces.get.query({ traceId })
  expect(steps.map(({ output, otherOutput }) => [output === null, otherOutput])).toEqual(steps.map(() => [false, null]))
  // Typed by the name alone: no schema is asked.
  const told = steps.map((step) => {
    if (step.name === 'classify') return step.output?.intent
    if (step.name === 'review') return step.output?.kind
    return step.name === 'generate' ? step.output?.kind : step.name
  })
  expect(told).toEqual(['inquiry', 'gate', 'retrieve', 'decide', 'execute', 'free_text', 'verify', 'ask'])
})

test('what another version of the program recorded of a step is told as it is', async () => {
  const owner = await newInbox(app, { subject: 'drawings' })
  await app.drain()
  const older = JSON.stringify({ verdict: 'held' })
  await sql`update agent_steps set output = ${older} where user_id = ${owner.userId} and name = 'verify'`.execute(
    app.db,
  )
  const client = await httpClient(app, owner)
  const traceId = (await client.traces.list.query({})).items[0]?.id ?? ''
  const { steps } = await client.traces.get.query({ traceId })
  expect(steps.find(({ name }) => name === 'verify')).toMatchObject({ output: null, otherOutput: { verdict: 'held' } })
})

test('the calls of one step are told in the order they were made', async () => {
  const owner = await newInbox(app, { subject: 'drawings' })
  await app.drain()
  const traceId = (await app.as(owner).traces.list({})).items[0]?.id ?? ''
  await sql`
    insert into model_calls select user_id, gen_random_uuid(), trace_id, step_name, 'second', model, prompt_version,
      outcome, input_tokens, output_tokens, cost, ms, created_at, 1
    from model_calls where user_id = ${owner.userId} and step_name = 'decide'`.execute(app.db)
  const told = async () => {
    const { steps } = await app.as(owner).traces.get({ traceId })
    return {
      tools: steps
        .flatMap(({ name, toolExecutions }) => (name === 'execute' ? toolExecutions : []))
        .map(({ tool }) => tool),
      calls: steps.flatMap(({ name, modelCalls }) => (name === 'decide' ? modelCalls : [])).map(({ task }) => task),
    }
  }
  const made = await told()
  expect(made.tools.length).toBeGreaterThan(1)
  expect(made.calls).toEqual(['decide', 'second'])
  // Wherever they stand in their table.
  await sql`update model_calls set position = 9 - position where user_id = ${owner.userId}`.execute(app.db)
  await sql`update tool_executions set position = 9 - position where user_id = ${owner.userId}`.execute(app.db)
  expect(await told()).toEqual({ tools: made.tools.toReversed(), calls: ['second', 'decide'] })
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
