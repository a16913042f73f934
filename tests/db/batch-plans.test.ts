import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { findOpenItems, lockRunsOfBatch, mailsOfItems } from '../../server/db/runs/batch-items.ts'
import {
  beginBatchWork,
  countRunningBatches,
  deleteOldBatches,
  endBatch,
  getBatch,
  listBatches,
} from '../../server/db/runs/batches.ts'
import { cursorOf } from '../../server/db/engine/page.ts'
import { lapsedBatches } from '../../server/db/sweeps.ts'
import { planOf } from '../support/plan.ts'
import { newEmailRow, newOwnerRow, openNewDatabase } from '../support/rows.ts'

const { db } = await openNewDatabase()
const [owner, stranger] = [await newOwnerRow(db), await newOwnerRow(db)]
const { userId } = owner
const now = new Date().toISOString()
let batchId = ''

/** Of each 200 batches of 50 mails, of which two are open, and as many runs. */
beforeAll(async () => {
  for (const one of [owner, stranger]) {
    const { userId } = one
    await newEmailRow(db, one, { gmailId: 'first' })
    await sql`insert into emails
      select (jsonb_populate_record(emails, jsonb_build_object('id', md5(n || ${userId})::uuid, 'gmail_id', n::text))).*
      from emails, generate_series(1, 50) as n where user_id = ${userId}`.execute(db)
    await sql`insert into batches (user_id, id, kind, status, by_program, created_at, worked_at, finished_at)
      select ${userId}, md5('b' || n || ${userId})::uuid, 'process', case when n <= 2 then 'running' else 'completed' end,
        false, now() - n * interval '1 minute', now(), case when n > 2 then now() end
      from generate_series(1, 200) as n`.execute(db)
    await sql`insert into traces (user_id, id, email_id, scope, status, created_at, batch_id)
      select ${userId}, md5('t' || n || ${userId})::uuid, md5(n % 50 + 1 || ${userId})::uuid, 'full', 'completed', now(),
        md5('b' || ((n - 1) / 50 + 1) || ${userId})::uuid
      from generate_series(1, 10000) as n`.execute(db)
    await sql`insert into batch_items (user_id, batch_id, asked_id, email_id, position, status, trace_id)
      select user_id, batch_id, email_id, email_id, row_number() over (partition by batch_id), 'succeeded', id
      from traces where user_id = ${userId}`.execute(db)
  }
  await sql`analyze`.execute(db)
  batchId = (await listBatches(db, userId, { limit: 1 })).items[0]?.id ?? ''
})

const scans = /Seq Scan on (batches|batch_items|traces|emails)\b/
const statements = (plan: string) => plan.match(/^\S/gm)?.length

test.each<[string, (caught: typeof db) => Promise<unknown>]>([
  ['a page of them', (caught) => listBatches(caught, userId, { limit: 100 })],
  ['the next page', (caught) => listBatches(caught, userId, { limit: 25, cursor: cursorOf([now, randomUUID()]) })],
  ['one with its mails', (caught) => getBatch(caught, userId, batchId)],
])('among 10,000 places in batches %s is one statement by indexes', async (_name, look) => {
  const plan = await planOf(db, look)
  expect(plan).not.toMatch(scans)
  expect(statements(plan)).toBe(1)
})

test.each<[string, (caught: typeof db) => Promise<unknown>]>([
  ['how many are open', (caught) => countRunningBatches(caught, userId)],
  ['the runs of one', (caught) => lockRunsOfBatch(caught, userId, batchId)],
  ['what of it is left', (caught) => findOpenItems(caught, userId, batchId)],
  ['what of it failed', (caught) => mailsOfItems(caught, userId, batchId, 'failed')],
  ['its beginning', (caught) => beginBatchWork(caught, userId, batchId, now)],
  ['its end', (caught) => endBatch(caught, userId, batchId, now)],
  ['those that nobody looks after', (caught) => lapsedBatches(caught, now, 500)],
  ['those that are old', (caught) => deleteOldBatches(caught, '2020-01-01T00:00:00.000Z')],
])('to work on them, %s is found by indexes', async (_name, look) => {
  expect(await planOf(db, look)).not.toMatch(scans)
})

test('a page of a hundred and one batch are read in no time', async () => {
  const msOf = async (read: () => Promise<unknown>) => {
    const start = performance.now()
    await read()
    return Math.round(performance.now() - start)
  }
  const page = await msOf(() => listBatches(db, userId, { limit: 100 }))
  const one = await msOf(() => getBatch(db, userId, batchId))
  // oxlint-disable-next-line no-console -- a figure to watch
  console.info(`of 200 batches with 50 mails each a page of 100: ${page} ms, one: ${one} ms`)
  expect(page).toBeLessThan(1_000)
  expect(one).toBeLessThan(1_000)
})
