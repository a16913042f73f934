import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { sql } from 'kysely'
import { beforeEach, expect, test } from 'vitest'
import { onlyHandling, openQueues } from '../support/job-queue.ts'

const { db, start } = await openQueues()
beforeEach(async () => void (await sql`delete from pgboss.job`.execute(db)))

/** What one process of ours works on at once, of one kind: two times four. */
const oneRound = 8

test.each([
  [1, 10_000],
  [4, 2_500],
])('%i owners with %i waiting jobs each delay another by at most one round', async (owners, jobs) => {
  await using queue = await start({ canWork: true })
  const enqueue = (userId: string) =>
    db.transaction().execute((trx) => queue.enqueue(trx, 'embed-emails', { userId, emailIds: [] }))
  const busy = Array.from({ length: owners }, () => randomUUID())
  for (const userId of busy) await multiply(await enqueue(userId), jobs)

  let begun = 0
  const underWay = new EventTarget()
  const other = randomUUID()
  const done = Promise.withResolvers<number>()
  await queue.work(
    onlyHandling('embed-emails', async ({ payload }) => {
      if (payload.userId === other) return done.resolve(begun)
      begun += 1
      if (begun === 10 * oneRound) underWay.dispatchEvent(new Event('begun'))
      await setImmediate()
    }),
  )
  await once(underWay, 'begun')
  await enqueue(other)
  const begunBefore = begun
  const waited = (await done.promise) - begunBefore
  // What was taken already, and the round that comes after.
  expect(waited).toBeLessThanOrEqual(2 * oneRound)
})

/** As if it had been enqueued so many times; a job takes its place behind those of its owner. */
async function multiply(jobId: string, times: number): Promise<void> {
  await sql`insert into pgboss.job
    select (jsonb_populate_record(job, jsonb_build_object('id', gen_random_uuid(), 'priority', -least(n, 100)))).*
    from pgboss.job, generate_series(1, ${times - 1}::integer) as n where id = ${jobId}`.execute(db)
}
