import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { listDrafts } from '../../server/db/sending/drafts.ts'
import { listEmails } from '../../server/db/emails/emails.ts'
import { findOwnReplies, findRelatedThreads } from '../../server/db/emails/related.ts'
import { listWaiting } from '../../server/db/emails/waiting.ts'
import { findHeldHours } from '../../server/db/runs/slot-holds.ts'
import { listTraces } from '../../server/db/runs/traces.ts'
import { listStandings, selectApprovals } from '../../server/db/sending/trust.ts'
import { planOf } from '../support/plan.ts'
import { newDraftRow, newEmailRow, newOwnerRow, openNewDatabase } from '../support/rows.ts'

const database = await openNewDatabase()
const { db } = database
const owner = await newOwnerRow(db)
const emailId = await newEmailRow(db, owner, { threadId: 't7' })
await newDraftRow(db, owner.userId, { emailId })

/** A few thousand mails of this owner and as many of others, made by the database itself from one of each. */
beforeAll(async () => {
  const stranger = await newOwnerRow(db)
  await newDraftRow(db, stranger.userId, { emailId: await newEmailRow(db, stranger) })
  await multiply('emails', [
    ['gmail_id', `n::text`],
    ['thread_id', `'t' || n % 500`],
    ['search', `format('hello:1C w%s:2C', n)`],
  ])
  await sql`update emails set status = (array['pending', 'no_reply', 'needs_review', 'sent'])[1 + abs(hashtext(gmail_id)) % 4],
    intent = (array['inquiry', 'other', 'spam', null])[1 + abs(hashtext(thread_id)) % 4],
    received_at = received_at - abs(hashtext(id::text)) % 1000000 * interval '1 second'`.execute(db)
  await sql`insert into email_participants
    select user_id, id, 'from', case when abs(hashtext(id::text)) % 10 = 0 then 'ada@engine.example' else id || '@engine.example' end
    from emails on conflict do nothing`.execute(db)
  await sql`insert into embeddings select user_id, id, 'plans', array_fill(0.1, array[768])::halfvec(768) from emails`.execute(
    db,
  )
  await sql`update emails set direction = 'out' where status = 'sent'`.execute(db)
  await multiply('traces', [])
  await sql`update drafts set status = 'rejected'`.execute(db)
  await multiply('drafts', [])
  await sql`update drafts set created_at = created_at - abs(hashtext(id::text)) % 1000000 * interval '1 second',
    status = case when abs(hashtext(id::text)) % 50 = 0 then 'sent' else 'rejected' end`.execute(db)
  await sql`update traces set created_at = created_at - abs(hashtext(id::text)) % 1000000 * interval '1 second'`.execute(
    db,
  )
  await sql`insert into trust_decisions
    select user_id, gen_random_uuid(), kind, case kind when 'intent' then 'inquiry' else n % 500 || '@engine.example' end, id,
      'approved', 'now', now() - n * interval '1 minute'
    from mailboxes, generate_series(1, 3000) as n, (values ('intent'), ('correspondent')) as about (kind)`.execute(db)
  await sql`insert into slot_holds
    select user_id, id, now(), now() + abs(hashtext(id::text)) % 1000000 * interval '1 second' from traces
    where user_id <> ${owner.userId} or abs(hashtext(id::text)) % 50 = 0`.execute(db)
  await sql`analyze`.execute(db)
})

async function multiply(table: string, changed: [string, string][]): Promise<void> {
  const document = changed.map(([column, value]) => `'${column}', ${value}`).join(', ')
  const extra = document ? `|| jsonb_build_object(${document})` : ''
  const { rows } = await sql<{
    columns: string
  }>`select string_agg(quote_ident(attname), ', ') as columns from pg_attribute
    where attrelid = ${table}::regclass and attnum > 0 and not attisdropped and attgenerated = ''`.execute(db)
  const columns = rows[0]?.columns ?? ''
  await sql`insert into ${sql.table(table)} (${sql.raw(columns)})
    select ${sql.raw(columns.replaceAll(/(\w+)/g, 'made.$1'))} from ${sql.table(table)} as old, generate_series(1, 3000) as n,
    jsonb_populate_record(old, jsonb_build_object('id', md5(n || old.id::text)::uuid) ${sql.raw(extra)}) as made`.execute(
    db,
  )
}

const limit = 25
const cursor = Buffer.from(JSON.stringify([new Date().toISOString(), randomUUID()])).toString('base64url')

test.each<[string, Parameters<typeof listEmails>[2], RegExp]>([
  ['the inbox', { limit }, /emails_newest/],
  ['its next page', { limit, cursor }, /emails_newest/],
  ['one status', { limit, status: ['needs_review'] }, /emails_(by_status|newest)/],
  ['what needs no answer', { limit, status: ['no_reply'] }, /emails_(by_status|newest)/],
  ['one intent', { limit, intent: ['spam'] }, /emails_(by_intent|newest)/],
  ['a thread', { limit, threadId: 't7' }, /emails_thread/],
  ['a rare word', { limit, search: 'zebrafish' }, /emails_search/],
  ['a word with an accent', { limit, search: 'Zürich' }, /emails_search/],
  ['a word of a script without blanks', { limit, search: '打ち合わせ' }, /emails_search/],
])('%s is read from the owner’s own index', async (_name, input, index) => {
  const plan = await planOf(db, (caught) => listEmails(caught, owner.userId, input))
  expect(plan).toMatch(index)
  expect(plan).not.toMatch(/Seq Scan on (emails|drafts)\b/)
})

test.each<[string, Parameters<typeof listDrafts>[2], RegExp]>([
  ['the queue of drafts', { limit }, /drafts_newest/],
  ['its next page', { limit, cursor }, /drafts_newest/],
  ['drafts of one status', { limit, status: 'sent' }, /drafts_by_status/],
])('%s is read from the owner’s own index', async (_name, input, index) => {
  const plan = await planOf(db, (caught) => listDrafts(caught, owner.userId, input))
  expect(plan).toMatch(index)
  expect(plan).not.toMatch(/Seq Scan on (emails|drafts)\b/)
})

test.each<[string, Parameters<typeof listTraces>[2], RegExp]>([
  ['the list of runs', { limit }, /traces_newest/],
  ['its next page', { limit, cursor }, /traces_newest/],
  ['the runs of one mail', { limit, emailId: randomUUID() }, /traces_email/],
])('%s is read from the owner’s own index', async (_name, input, index) => {
  const plan = await planOf(db, (caught) => listTraces(caught, owner.userId, input))
  expect(plan).toMatch(index)
  expect(plan).not.toMatch(/Seq Scan on (emails|traces)\b/)
})

test('what waits for an answer is found among what the owner wrote, each conversation by its own index', async () => {
  const input = { limit, days: 3 }
  const plan = await planOf(db, (caught) => listWaiting(caught, owner.userId, input, new Date()))
  expect(plan).toMatch(/emails_(own|newest)/)
  expect(plan).toMatch(/emails_thread/)
  expect(plan).not.toMatch(/Seq Scan on (emails|email_participants)\b/)
})

const present = { now: new Date(), agentVersion: 'now' }

test.each<[string, (caught: typeof db) => Promise<unknown>]>([
  [
    'a look',
    (caught) =>
      selectApprovals(
        caught,
        owner.userId,
        { intent: 'other', correspondent: '7@engine.example' },
        present,
      ).executeTakeFirst(),
  ],
  ['the list', (caught) => listStandings(caught, owner.userId, { limit }, present)],
])('%s at what was earned reads the decisions on what is asked, from the owner’s own index', async (_name, look) => {
  const plan = await planOf(db, look)
  expect(plan).toMatch(/trust_decisions_subject/)
  expect(plan).not.toMatch(/Seq Scan on trust_decisions/)
})

test('the hours that are held for others are read from the owner’s own index', async () => {
  const mail = { mailboxId: owner.mailboxId, threadId: 't7', fromAddress: '7@engine.example' }
  const plan = await planOf(db, (caught) => findHeldHours(caught, owner.userId, mail, new Date()))
  expect(plan).toMatch(/slot_holds_pkey/)
  expect(plan).not.toMatch(/Seq Scan on (slot_holds|emails)\b/)
})

test.each<[string, Pick<Parameters<typeof findRelatedThreads>[2], 'vector' | 'words'>]>([
  [
    'meaning and words',
    { vector: { modelId: 'plans', values: Array.from({ length: 768 }, () => 0.1) }, words: ['w7'] },
  ],
  ['meaning', { vector: { modelId: 'plans', values: Array.from({ length: 768 }, () => 0.1) }, words: [] }],
  ['words', { vector: null, words: ['hello'] }],
])('related threads by %s are read from the owner’s own indexes', async (_name, like) => {
  const about = { emailId: randomUUID(), threadId: 't7', readers: ['ada@engine.example'], limit: 5 }
  const plan = await planOf(db, (caught) => findRelatedThreads(caught, owner.userId, { ...about, ...like }))
  expect(plan).toMatch(/email_participants_(address|pkey)/)
  expect(plan).not.toMatch(/Seq Scan on (emails|email_participants|embeddings)\b/)
})

test('replies to others are read from the owner’s own indexes', async () => {
  const vector = { modelId: 'plans', values: Array.from({ length: 768 }, () => 0.1) }
  const wanted = { vector, words: ['hello'], person: 'ada@engine.example', limit: 3 }
  const plan = await planOf(db, (caught) => findOwnReplies(caught, owner.userId, wanted))
  expect(plan).toMatch(/emails_own/)
  expect(plan).not.toMatch(/Seq Scan on (emails|email_participants|embeddings)\b/)
})
