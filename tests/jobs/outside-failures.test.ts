import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, afterEach, expect, test } from 'vitest'
import { HeldError, UpstreamError } from '../../server/errors.ts'
import { jobCatalog } from '../../server/jobs/catalog.ts'
import { onlyHandling, openQueues } from '../support/job-queue.ts'

const { db, start, supervise } = await openQueues()
const queue = await start()
afterAll(() => queue[Symbol.asyncDispose]())
afterEach(async () => void (await sql`delete from pgboss.job`.execute(db)))

const { retryLimit } = jobCatalog['renew-watch']
const ownFailure = new Error('the watch cannot be renewed')
const databaseAway = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' })

/** Tries a fresh job as often as it lets itself be tried, each time with the next failure; answers how often that was. */
async function failWith(failures: readonly Error[]): Promise<number> {
  await db
    .transaction()
    .execute((trx) => queue.enqueue(trx, 'renew-watch', { userId: randomUUID(), mailboxId: randomUUID() }))
  let tries = 0
  const handlers = onlyHandling('renew-watch', () => {
    const failure = failures[tries++]
    return failure ? Promise.reject(failure) : Promise.resolve()
  })
  do await sql`update pgboss.job set start_after = now()`.execute(db)
  while ((await queue.drain(handlers)) > 0)
  return tries
}

const times = (count: number, failure: Error) => Array.from({ length: count }, () => failure)

test('after its last try a job that fails for reasons of its own is a dead letter', async () => {
  expect(await failWith(times(9, ownFailure))).toBe(1 + retryLimit)
  expect(await queue.deadLetters(10)).toMatchObject([{ reason: ownFailure.message }])
})

test.each([
  ['the database is away', databaseAway],
  ['the database is away, as another error says', new Error('the sync failed', { cause: databaseAway })],
  ['another worker holds the work', new HeldError('this run is held by another worker')],
])('a job comes again after its last try when %s, and is done', async (_name, failure) => {
  expect(await failWith([...times(retryLimit, ownFailure), ...times(5, failure)])).toBe(1 + retryLimit + 5)
  expect(await queue.deadLetters(10)).toEqual([])
})

test('the next failure of its own ends it all the same', async () => {
  const failures = [...times(6, databaseAway), ...times(3, ownFailure)]
  expect(await failWith(failures)).toBe(7)
  expect(await queue.deadLetters(10)).toMatchObject([{ reason: ownFailure.message }])
})

test('an outside service that breaks off in the same words is no database', async () => {
  const gmailAway = new UpstreamError('gmail', 'unavailable', 'Gmail did not answer.', { cause: databaseAway })
  expect(await failWith(times(9, gmailAway))).toBe(1 + retryLimit)
})

test('it does not go on for ever', async () => {
  expect(await failWith(times(99, databaseAway))).toBe(1 + retryLimit + 10)
  expect(await queue.deadLetters(10)).toMatchObject([{ reason: databaseAway.message }])
})

test('what the queue itself found out about a death is told as its reason', async () => {
  await failWith([])
  await sql`update pgboss.job set state = 'active', retry_count = retry_limit, heartbeat_on = now() - interval '1 hour'`.execute(
    db,
  )
  await supervise()
  expect(await queue.deadLetters(10)).toMatchObject([{ reason: 'job heartbeat timeout' }])
})
