import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { onlyHandling, openQueues } from '../support/job-queue.ts'

const { db, start } = await openQueues()

test('a worker that starts frees what dead ones left at once: workers that keep dying hold nothing up', async () => {
  await using queue = await start({ canWork: true })
  const payload = { userId: randomUUID(), emailIds: [randomUUID()] }
  await db.transaction().execute((trx) => queue.enqueue(trx, 'embed-emails', payload))
  await sql`
    update pgboss.job set state = 'active', started_on = now() - interval '60 seconds',
      heartbeat_on = now() - interval '60 seconds' where name = 'embed-emails'`.execute(db)

  await queue.work(onlyHandling('embed-emails', () => Promise.resolve()))
  const state = async () =>
    (await sql<{ state: string }>`select state from pgboss.job where name = 'embed-emails'`.execute(db)).rows[0]?.state
  // Its own supervision comes after 15 s for the first time.
  await expect.poll(state, { timeout: 12_000 }).not.toBe('active')
})
