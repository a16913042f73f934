import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { activeMailboxesOf } from '../../server/db/mailboxes/mailbox-connection.ts'
import { countLapsingWatches } from '../../server/db/mailboxes/watch.ts'
import { dueWatches } from '../../server/db/sweeps.ts'
import { planOf } from '../support/plan.ts'
import { openNewDatabase } from '../support/rows.ts'

const { db } = await openNewDatabase()
const now = new Date()
const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000).toISOString()

/** Some thousand owners, each with a watched mailbox. */
beforeAll(async () => {
  const owners = sql`generate_series(1, 5000) as n`
  await sql`insert into users (id, email) select md5(n::text)::uuid, n || '@studio.example' from ${owners}`.execute(db)
  await sql`insert into mailboxes (user_id, id, google_subject, address, scopes, status, watch_expires_at)
    select md5(n::text)::uuid, md5('m' || n)::uuid, n, n || '@studio.example', '{}', 'active',
      ${inDays(6)}::timestamptz + n * interval '10 seconds' from ${owners}`.execute(db)
  await sql`insert into google_identities (subject, address, user_id, mailbox_id)
    select google_subject, address, user_id, id from mailboxes`.execute(db)
  await sql`analyze`.execute(db)
})

test('a push finds its mailbox by the index of addresses', async () => {
  const plan = await planOf(db, (caught) => activeMailboxesOf(caught, '77@studio.example'))
  expect(plan).toContain('google_identities_address')
  expect(plan).not.toContain('Seq Scan')
})

test.each<[string, (caught: typeof db) => Promise<unknown>]>([
  ['the lapse that health looks for', (caught) => countLapsingWatches(caught, inDays(2))],
  ['the watches that are due', (caught) => dueWatches(caught, { now: inDays(0), before: inDays(6) }, 500)],
])('%s is read from the index of watches, however many mailboxes there are', async (_name, ask) => {
  const plan = await planOf(db, ask)
  expect(plan).toContain('mailboxes_watch')
  expect(plan).not.toContain('Seq Scan')
})
