import { expect, test } from 'vitest'
import { listDrafts } from '../../server/db/sending/drafts.ts'
import { listEmails } from '../../server/db/emails/emails.ts'
import { parseCursor, toPage } from '../../server/db/engine/page.ts'
import { listTraces } from '../../server/db/runs/traces.ts'
import { newDraftRow, newEmailRow, newOwnerRow, openTestDatabase } from '../support/rows.ts'

const { db } = await openTestDatabase()
const instant = (minute: number) => new Date(Date.UTC(2026, 2, 29, 0, minute))

type List = (input: { limit: number; cursor?: string }) => Promise<{
  items: { id: string }[]
  nextCursor: string | null
}>

/** All pages of a list, `between` each two of them. */
async function readAll(list: List, limit: number, between: () => Promise<unknown> = () => Promise.resolve()) {
  const ids: string[] = []
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await list({ limit, ...(cursor ? { cursor } : {}) })
    expect(page.items.length).toBeLessThanOrEqual(limit)
    ids.push(...page.items.map((item) => item.id))
    cursor = page.nextCursor
    await between()
  }
  return ids
}

test('pages hold every mail once, newest first, though many came in the same millisecond', async () => {
  const owner = await newOwnerRow(db)
  const stored: string[] = []
  for (let index = 0; index < 30; index++)
    stored.push(await newEmailRow(db, owner, { receivedAt: instant(Math.floor(index / 10)) }))
  for (const limit of [1, 7, 10, 29, 30, 31]) {
    const ids = await readAll((input) => listEmails(db, owner.userId, input), limit)
    expect(new Set(ids)).toEqual(new Set(stored))
    expect(ids).toHaveLength(30)
  }
  const { items } = await listEmails(db, owner.userId, { limit: 30 })
  const instants = items.map((item) => item.receivedAt)
  expect(instants).toEqual([...instants].sort().reverse())
})

test('what arrives while one pages is not shown twice and hides nothing', async () => {
  const owner = await newOwnerRow(db)
  const stored: string[] = []
  for (let index = 0; index < 9; index++) stored.push(await newEmailRow(db, owner, { receivedAt: instant(index) }))
  const arrive = () => newEmailRow(db, owner, { receivedAt: instant(100) })
  const ids = await readAll((input) => listEmails(db, owner.userId, input), 2, arrive)
  expect(ids).toEqual(stored.reverse())
})

test('a mail that is deleted while one pages leaves the rest in place', async () => {
  const owner = await newOwnerRow(db)
  const stored: string[] = []
  for (let index = 0; index < 6; index++) stored.push(await newEmailRow(db, owner, { receivedAt: instant(index) }))
  const first = await listEmails(db, owner.userId, { limit: 2 })
  await db.deleteFrom('emails').where('userId', '=', owner.userId).where('id', '=', stored[4]!).execute()
  const second = await listEmails(db, owner.userId, { limit: 10, cursor: first.nextCursor! })
  expect(second.items.map(({ id }) => id)).toEqual(stored.slice(0, 4).reverse())
})

test('drafts and traces are paged the same way', async () => {
  const owner = await newOwnerRow(db)
  const drafts: string[] = []
  const traces: string[] = []
  for (let index = 0; index < 9; index++) {
    const emailId = await newEmailRow(db, owner)
    const { id, traceId } = await newDraftRow(db, owner.userId, {
      emailId,
      createdAt: instant(Math.floor(index / 3)).toISOString(),
    })
    drafts.push(id)
    traces.push(traceId)
  }
  const listedDrafts = await readAll((input) => listDrafts(db, owner.userId, input), 2)
  expect(listedDrafts.toSorted()).toEqual(drafts.toSorted())
  const listedTraces = await readAll((input) => listTraces(db, owner.userId, input), 2)
  expect(listedTraces.toSorted()).toEqual(traces.toSorted())
})

const cursorOf = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const id = '6f9619ff-8b86-4011-b42d-00c04fc964ff'

test.each([
  ['noise', 'definitely not a cursor'],
  ['another encoding', '%%%'],
  ['half a cursor', cursorOf(['2026-03-29T00:00:00.000Z', id]).slice(0, -4)],
  ['no position', cursorOf({ createdAt: '2026-03-29T00:00:00.000Z', id })],
  ['a third part', cursorOf(['2026-03-29T00:00:00.000Z', id, 1])],
  ['no instant', cursorOf(['yesterday', id])],
  ['an instant without milliseconds', cursorOf(['2026-03-29T00:00:00Z', id])],
  ['a day that never was', cursorOf(['2026-02-30T00:00:00.000Z', id])],
  ['the year nought', cursorOf(['0000-01-01T00:00:00.000Z', id])],
  ['no id', cursorOf(['2026-03-29T00:00:00.000Z', 'x'])],
  ['an attempt at SQL', cursorOf(['2026-03-29T00:00:00.000Z', `${id}' or true --`])],
  ['null', cursorOf(null)],
])('a cursor of %s is refused as the caller’s mistake', async (_name, cursor) => {
  const owner = await newOwnerRow(db)
  for (const list of [listEmails, listDrafts, listTraces])
    await expect(list(db, owner.userId, { limit: 5, cursor })).rejects.toMatchObject({ reason: 'VALIDATION_FAILED' })
})

test('the cursor of one owner shows nothing of theirs to another', async () => {
  const [alice, bob] = [await newOwnerRow(db), await newOwnerRow(db)]
  for (let index = 0; index < 3; index++) await newEmailRow(db, alice, { receivedAt: instant(index) })
  const own = await newEmailRow(db, bob, { receivedAt: instant(0) })
  const { nextCursor } = await listEmails(db, alice.userId, { limit: 1 })
  const page = await listEmails(db, bob.userId, { limit: 5, cursor: nextCursor! })
  expect(page.items.map((item) => item.id)).toEqual([own])
})

test('a page that is just full has no next one', () => {
  const page = toPage(['2026-03-29T00:00:00.000Z'], 1, (at) => [at, id], String)
  expect(page).toEqual({ items: ['2026-03-29T00:00:00.000Z'], nextCursor: null })
  expect(toPage([], 1, () => ['', ''], String)).toEqual({ items: [], nextCursor: null })
  const more = toPage(['2026-03-29T00:00:00.000Z', 'x'], 1, (at) => [at, id], String)
  expect(parseCursor(more.nextCursor!)).toEqual(['2026-03-29T00:00:00.000Z', id])
})
