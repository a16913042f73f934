import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { PgBoss } from 'pg-boss'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { onlyHandling, openQueues } from '../support/job-queue.ts'

const { db, start } = await openQueues()
type Queue = Awaited<ReturnType<typeof start>>
afterEach(() => void vi.restoreAllMocks())
beforeEach(async () => void (await sql`delete from pgboss.job`.execute(db)))

const enqueue = (queue: Queue) =>
  db
    .transaction()
    .execute((trx) => queue.enqueue(trx, 'embed-emails', { userId: randomUUID(), emailIds: [randomUUID()] }))

async function states(): Promise<Record<string, number>> {
  const { rows } = await sql<{ state: string; count: number }>`
    select state, count(*)::integer as count from pgboss.job where name = 'embed-emails' group by state`.execute(db)
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
}

test('a process that is told to stop takes no job any more, while what it has may end', async () => {
  await using queue = await start({ canWork: true })
  const [begun, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let taken = 0
  const handlers = onlyHandling('embed-emails', () => {
    taken += 1
    begun.resolve()
    return mayEnd.promise
  })
  await enqueue(queue)
  await queue.work(handlers)
  await begun.promise

  queue.beginStop()
  for (let count = 0; count < 10; count++) await enqueue(queue)
  mayEnd.resolve()
  await queue[Symbol.asyncDispose]()
  expect(taken).toBe(1)
  expect(await states()).toEqual({ completed: 1, created: 10 })
})

test('a job that does not end is given back in time, with its tries, and none stays taken', async () => {
  await using queue = await start({ canWork: true })
  const begun = Promise.withResolvers<void>()
  await enqueue(queue)
  await queue.work(
    onlyHandling('embed-emails', () => {
      begun.resolve()
      return new Promise(() => {})
    }),
  )
  await begun.promise

  // How long that takes is the machine's affair; how long the job is given is ours, and pg-boss would give it 30 s.
  const stop = vi.spyOn(PgBoss.prototype, 'stop')
  queue.beginStop()
  await queue[Symbol.asyncDispose]()
  expect(stop.mock.lastCall?.[0]?.timeout).toBeLessThanOrEqual(8_000)
  expect(await states()).toEqual({ retry: 1 })

  await using next = await start()
  await sql`update pgboss.job set start_after = now()`.execute(db)
  const lastTries: boolean[] = []
  await next.drain(onlyHandling('embed-emails', async ({ isLastTry }) => void lastTries.push(isLastTry)))
  expect(lastTries).toEqual([false])
})

test('the tries of jobs that fail together are spread', async () => {
  await using queue = await start()
  for (let count = 0; count < 20; count++) await enqueue(queue)
  await queue.drain(onlyHandling('embed-emails', () => Promise.reject(new Error('it cannot be done'))))
  const { rows } = await sql<{ wait: number }>`
    select extract(epoch from start_after - now())::float8 as wait from pgboss.job where state = 'retry'`.execute(db)
  const waits = rows.map(({ wait }) => wait)
  expect(waits).toHaveLength(20)
  expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(1)
})
