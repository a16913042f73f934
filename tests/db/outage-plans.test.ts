import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { countFailingMailboxes } from '../../server/db/system/health.ts'
import { dueVectors } from '../../server/db/sweeps.ts'
import { planOf } from '../support/plan.ts'
import { newEmailRow, newOwnerRow, openNewDatabase } from '../support/rows.ts'

const { db } = await openNewDatabase()

/** Some thousand mailboxes of which a few fail, and as much mail that waits for its vector. */
beforeAll(async () => {
  const numbers = sql`generate_series(1, 5000) as n`
  await sql`insert into users (id, email) select md5(n::text)::uuid, n || '@studio.example' from ${numbers}`.execute(db)
  await sql`insert into mailboxes (user_id, id, google_subject, address, scopes, status, failures)
    select md5(n::text)::uuid, md5('m' || n)::uuid, n, n || '@studio.example', '{}', 'active', (n % 1000 = 0)::integer * 3
    from ${numbers}`.execute(db)
  await newEmailRow(db, await newOwnerRow(db))
  const { rows } = await sql<{ names: string }>`select string_agg(quote_ident(attname), ', ') as names
    from pg_attribute where attrelid = 'emails'::regclass and attnum > 0 and not attisdropped and attgenerated = ''`.execute(
    db,
  )
  const names = rows[0]?.names ?? ''
  await sql`insert into emails (${sql.raw(names)})
    select ${sql.raw(names.replaceAll(/(\w+)/g, 'made.$1'))} from emails as old, ${numbers},
    jsonb_populate_record(old, jsonb_build_object('id', md5('e' || n)::uuid, 'gmail_id', n::text)) as made`.execute(db)
  await sql`analyze`.execute(db)
})

test('mailboxes that cannot be read are counted from their own index', async () => {
  const plan = await planOf(db, async (caught) => {
    expect(await countFailingMailboxes(caught)).toEqual({ failing: 5, active: 5001 })
  })
  expect(plan).toContain('mailboxes_failing')
})

test('a sweep finds overdue vectors from the index of their moments', async () => {
  const plan = await planOf(db, (caught) => dueVectors(caught, new Date(0).toISOString(), 500))
  expect(plan).toContain('vectors_due_next')
  expect(plan).not.toContain('Seq Scan')
})
