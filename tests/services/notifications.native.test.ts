import { setTimeout as sleep } from 'node:timers/promises'
import { type Kysely, sql } from 'kysely'
import { expect, test } from 'vitest'
import { insertNotification, notificationsAfter } from '../../server/db/accounts/notifications.ts'
import type { DB } from '../../server/db/engine/schema.ts'
import { createTestApp } from '../support/app.ts'
import { openStream } from '../support/notification-stream.ts'
import { newOwnerRow, openTestDatabase } from '../support/rows.ts'
import { newTestDatabase } from '../support/test-database.ts'

const { db } = await openTestDatabase()

const tell = (trx: Kysely<DB>, userId: string, reason: string) =>
  insertNotification(trx, userId, 'budget_exhausted', { reason }, new Date().toISOString())

/** Reads as a stream does, from where it stands. */
function reader(userId: string) {
  let after = 0
  const told: string[] = []
  return {
    told,
    async read() {
      for (const { id, payload } of await notificationsAfter(db, userId, after, 50)) {
        after = Number(id)
        if ('reason' in payload) told.push(payload.reason)
      }
    },
  }
}

/** Two write one after the other, and commit the other way round; a stream reads in between and after. */
async function commitTheOtherWayRound(prepare: (trx: Kysely<DB>) => Promise<unknown>): Promise<string[]> {
  const { userId } = await newOwnerRow(db)
  const { told, read } = reader(userId)
  const [first, second] = [await db.startTransaction().execute(), await db.startTransaction().execute()]
  await prepare(first)
  await prepare(second)
  await tell(first, userId, 'written first')
  await tell(second, userId, 'written second')
  await second.commit().execute()
  await read()
  await first.commit().execute()
  await read()
  return told
}

test('what was written first and committed last is read too', async () => {
  expect(await commitTheOtherWayRound(async () => undefined)).toEqual(['written second', 'written first'])
})

test('without the trigger it would be lost', async () => {
  const withoutTrigger = (trx: Kysely<DB>) => sql`set local session_replication_role = replica`.execute(trx)
  expect(await commitTheOtherWayRound(withoutTrigger)).toEqual(['written second'])
})

test('of many who write at once, some of whom give up, every commit is read once', async () => {
  const { userId } = await newOwnerRow(db)
  const { told, read } = reader(userId)
  const committed: string[] = []
  const isOver = new AbortController()
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let n = 0; n < 40; n++) {
      const trx = await db.startTransaction().execute()
      const reason = `${writer} ${n}`
      await tell(trx, userId, reason)
      await sleep((writer * 7 + n * 3) % 10)
      if ((writer + n) % 5 === 0) await trx.rollback().execute()
      else {
        await trx.commit().execute()
        committed.push(reason)
      }
    }
  })
  const reading = (async () => {
    while (!isOver.signal.aborted) await read()
  })()
  await Promise.all(writers)
  isOver.abort()
  await reading
  await read()
  expect(committed).toHaveLength(256)
  expect(told.toSorted()).toEqual(committed.toSorted())
})

test('two servers on one database tell the same, and a client goes from one to the other', async () => {
  await using stack = new AsyncDisposableStack()
  const { config } = stack.use(await newTestDatabase())
  const one = stack.use(await createTestApp({ config: { database: config } }))
  const other = stack.use(await createTestApp({ config: { database: config } }))
  const { userId, accessToken: token } = await one.newOwner()
  const tells = (n: number) => tell((n % 2 === 0 ? one : other).db, userId, String(n))
  const told = ({ items }: ReturnType<typeof openStream>) =>
    items.map(({ payload }) => ('reason' in payload ? Number(payload.reason) : NaN))

  let lastEventId = '0'
  let written = 0
  const seen: number[] = []
  for (let round = 0; round < 6; round++) {
    const url = await (round % 2 === 0 ? one : other).url()
    using stream = openStream(url, { token, lastEventId })
    for (const until = written + 5; written < until; written++) await tells(written)
    await expect.poll(() => told(stream).at(-1), { timeout: 10_000 }).toBe(written - 1)
    seen.push(...told(stream))
    lastEventId = stream.items.at(-1)?.id ?? ''
    await tells(written++)
  }
  expect(seen).toEqual(Array.from({ length: seen.length }, (_, n) => n))
  expect(seen).toHaveLength(35)
})
