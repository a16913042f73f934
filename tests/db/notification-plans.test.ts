import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import {
  countUnread,
  listNotifications,
  markRead,
  newestNotifications,
  notificationsAfter,
} from '../../server/db/accounts/notifications.ts'
import { cursorOf } from '../../server/db/engine/page.ts'
import { planOf } from '../support/plan.ts'
import { newOwnerRow, openNewDatabase } from '../support/rows.ts'

const { db } = await openNewDatabase()
const owners = await Promise.all(Array.from({ length: 5 }, () => newOwnerRow(db)))
const userIds = owners.map((owner) => owner.userId)
const [userId = ''] = userIds

/** 10,000 each, a few of them unread. */
beforeAll(async () => {
  await sql`insert into notifications (user_id, kind, payload, created_at, read_at)
    select id, 'run_failed', '{}', now(), case when n % 100 > 0 then now() end
    from unnest(${userIds}::uuid[]) as owner (id), generate_series(1, 10000) as n`.execute(db)
  await sql`vacuum analyze notifications`.execute(db)
})

const now = new Date().toISOString()
const cursor = cursorOf([40_000])
const reads: [string, (caught: typeof db) => Promise<unknown>, RegExp][] = [
  [
    'a page',
    (caught) => listNotifications(caught, userId, { limit: 25, cursor }),
    /Scan Backward using notifications_pkey/,
  ],
  [
    'a page of the unread',
    (caught) => listNotifications(caught, userId, { limit: 25, unread: true }),
    /notifications_unread/,
  ],
  ['how many are unread', (caught) => countUnread(caught, userId), /notifications_unread/],
  ['what came after', (caught) => notificationsAfter(caught, userId, 49_000, 50), /Scan using notifications_pkey/],
  ['the newest of each', (caught) => newestNotifications(caught, userIds), /Scan Backward using notifications_pkey/],
  ['marking some', (caught) => markRead(caught, userId, { ids: ['7', '8'] }, now), /notifications_(pkey|unread)/],
  ['marking all', (caught) => markRead(caught, userId, { upTo: '9' }, now), /notifications_(pkey|unread)/],
]

test.each(reads)('for %s there is one statement over an index of the owner', async (_name, read, index) => {
  const plan = await planOf(db, read)
  expect(plan.match(/^\S/gm)).toHaveLength(1)
  expect(plan).toMatch(index)
  expect(plan).not.toMatch(/Seq Scan|Sort/)
})

test('to look for what is new for 1,000 owners takes no time to speak of', async () => {
  const many = Array.from({ length: 1_000 }, (_, n) => userIds[n % userIds.length] ?? '')
  await newestNotifications(db, many)
  const start = performance.now()
  expect(await newestNotifications(db, many)).toHaveLength(1_000)
  const ms = Math.round(performance.now() - start)
  // oxlint-disable-next-line no-console -- a figure to watch
  console.info(`the newest of 1,000 owners: ${ms} ms`)
  expect(ms).toBeLessThan(2_000)
})
