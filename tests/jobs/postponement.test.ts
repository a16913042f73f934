import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { withSpareTries } from '../../server/adapters/pg-boss/tries.ts'
import { UpstreamError } from '../../server/errors.ts'
import { type Job, jobCatalog } from '../../server/jobs/catalog.ts'
import { registry } from '../../server/metrics.ts'
import { hookSteps } from '../../server/step.ts'
import { onlyHandling, openQueues } from '../support/job-queue.ts'

const { db, start } = await openQueues()
const queue = await start()
afterAll(() => queue[Symbol.asyncDispose]())

type ProcessEmail = Job<'process-email'>
let run: (job: ProcessEmail) => Promise<void>
const handlers = onlyHandling('process-email', (job) => run(job))

beforeEach(() => {
  run = () => Promise.resolve()
})
afterEach(async () => {
  hookSteps(undefined)
  await sql`delete from pgboss.job where name = 'process-email'`.execute(db)
})

const inMs = (ms: number) => new Date(Date.now() + ms)
const askedToWait = (ms: number) => (): Promise<void> =>
  Promise.reject(new UpstreamError('gemini', 'rate_limited', 'Gemini asks to slow down.', { retryAt: inMs(ms) }))

const newPayload = () => ({ userId: randomUUID(), traceId: randomUUID() })
const enqueue = (payload = newPayload()) =>
  db.transaction().execute((trx) => queue.enqueue(trx, 'process-email', payload))

/** The jobs that still wait, with the seconds until their time. */
async function waiting() {
  const { rows } = await sql<{
    id: string
    data: object
    state: string
    retryLimit: number
    retryCount: number
    groupId: string
    singletonKey: string
    wait: number
  }>`select id, data, state, retry_limit, retry_count, group_id, singleton_key,
      extract(epoch from start_after - now())::float8 as wait
    from pgboss.job where name = 'process-email' and state in ('created', 'retry')`.execute(db)
  return rows
}

const becomeDue = () => sql`update pgboss.job set start_after = now() where state = 'created'`.execute(db)

test('a job that a service asked to wait comes again then, for the same owner and key, with all its tries', async () => {
  const payload = newPayload()
  const id = await enqueue(payload)
  run = askedToWait(600_000)
  expect(await queue.drain(handlers)).toBe(1)

  const [job, ...others] = await waiting()
  expect(others).toEqual([])
  expect(job).toMatchObject({
    data: payload,
    state: 'created',
    retryLimit: withSpareTries(jobCatalog['process-email'].retryLimit),
    retryCount: 0,
    groupId: payload.userId,
    singletonKey: payload.traceId,
  })
  expect(job?.id).not.toBe(id)
  expect(job?.wait).toBeGreaterThan(570)
  expect(job?.wait).toBeLessThan(670)

  const seen: ProcessEmail[] = []
  run = async (again) => void seen.push(again)
  await becomeDue()
  await queue.drain(handlers)
  expect(seen).toMatchObject([{ payload, isLastTry: false }])
  expect(await waiting()).toEqual([])
})

test('a wait of days is taken in hops of an hour', async () => {
  await enqueue()
  run = askedToWait(3 * 86_400_000)
  await queue.drain(handlers)
  const [job] = await waiting()
  expect(job?.wait).toBeGreaterThan(3_570)
  expect(job?.wait).toBeLessThan(4_000)
})

test('waiting gives back no try that was spent, and takes none', async () => {
  await enqueue()
  const lastTries: boolean[] = []
  const failing = (): Promise<void> => Promise.reject(new Error('broken'))
  for (const outcome of [failing, askedToWait(60_000), askedToWait(60_000), failing, failing, failing]) {
    run = ({ isLastTry }) => {
      lastTries.push(isLastTry)
      return outcome()
    }
    await sql`update pgboss.job set start_after = now() where state in ('created', 'retry')`.execute(db)
    await queue.drain(handlers)
  }
  expect(lastTries).toEqual([false, false, false, false, false, true])
  expect(await waiting()).toEqual([])
})

test('while a job waits, the same work is not queued beside it', async () => {
  const payload = newPayload()
  await enqueue(payload)
  run = askedToWait(600_000)
  await queue.drain(handlers)
  const again = await enqueue(payload)
  expect((await waiting()).map(({ id }) => id)).toEqual([again])
})

test('work that was asked for meanwhile is not doubled by the job that waits', async () => {
  const payload = newPayload()
  await enqueue(payload)
  let next = ''
  run = async () => {
    next = await enqueue(payload)
    run = askedToWait(600_000)
    await askedToWait(600_000)()
  }
  await queue.drain(handlers)
  expect(await waiting()).toHaveLength(1)
  expect(next).not.toBe('')
})

test('a worker that lost its job puts nothing off', async () => {
  const id = await enqueue()
  run = async () => {
    await sql`update pgboss.job set retry_count = retry_count + 1 where id = ${id}`.execute(db)
    await askedToWait(600_000)()
  }
  await queue.drain(handlers)
  expect(await waiting()).toEqual([])
})

test('a time that is over counts as a failure like any other', async () => {
  const id = await enqueue()
  run = askedToWait(-1)
  await queue.drain(handlers)
  expect(await waiting()).toMatchObject([{ id, state: 'retry' }])
})

test('a job that cannot be put off fails and is tried again: it is not lost', async () => {
  const id = await enqueue()
  run = askedToWait(600_000)
  hookSteps({
    before(name) {
      if (name === 'postpone-job') throw new Error('the database is away')
    },
  })
  await queue.drain(handlers)
  expect(await waiting()).toMatchObject([{ id, state: 'retry' }])
})

test('what was put off is counted apart from what failed', async () => {
  const count = async (outcome: string) => {
    const line = `reasonflow_jobs_total{job="process-email",outcome="${outcome}"} `
    return Number((await registry.metrics()).split(line)[1]?.split('\n')[0] ?? 0)
  }
  const [postponed, failed] = [await count('postponed'), await count('failed')]
  await enqueue()
  run = askedToWait(60_000)
  await queue.drain(handlers)
  expect(await count('postponed')).toBe(postponed + 1)
  expect(await count('failed')).toBe(failed)
})
