import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { listContactEmails, listContacts } from '../../server/db/emails/contact-book.ts'
import { ownersOf } from '../../server/db/emails/contact-import.ts'
import { findContact, noteContacted, noteCorrespondent } from '../../server/db/emails/contacts.ts'
import { cursorOf } from '../../server/db/engine/page.ts'
import { planOf } from '../support/plan.ts'
import { newEmailRow, newOwnerRow, openNewDatabase } from '../support/rows.ts'

const { db } = await openNewDatabase()
const [owner, stranger] = [await newOwnerRow(db), await newOwnerRow(db)]
const { userId } = owner
const now = new Date().toISOString()

/** 10,000 contacts of each, every tenth with a further address. */
beforeAll(async () => {
  for (const { userId } of [owner, stranger]) {
    await sql`insert into contacts (user_id, id, address, name, notes, last_contacted_at, created_at, updated_at)
      select ${userId}, md5(n || ${userId})::uuid, n || '@engine.example', 'Person ' || n, repeat('words ', 50),
        case when n % 2 = 0 then now() - n * interval '1 minute' end, now(), now()
      from generate_series(1, 10000) as n`.execute(db)
    await sql`insert into contact_addresses select user_id, replace(address, 'engine', 'home'), id from contacts
      where user_id = ${userId} and address like '%0@engine.example'`.execute(db)
  }
  await newEmailRow(db, owner, { from: { name: 'Person 7', address: '7@engine.example' } })
  await sql`analyze`.execute(db)
})

const limit = 25
const contactId = async () => (await findContact(db, userId, '7@engine.example'))?.id ?? ''

test.each<[string, Omit<Parameters<typeof listContacts>[2], 'limit'>, RegExp]>([
  ['by name', { orderBy: 'name' }, /contacts_by_name/],
  ['by name, its next page', { orderBy: 'name', cursor: cursorOf(['person 5', randomUUID()]) }, /contacts_by_name/],
  ['by the last contact', { orderBy: 'lastContact' }, /contacts_by_contact/],
  [
    'by the last contact, its next page',
    { orderBy: 'lastContact', cursor: cursorOf([now, randomUUID()]) },
    /contacts_by_contact/,
  ],
  ['with words many have', { orderBy: 'name', search: 'words person' }, /contacts_by_name/],
  ['with a word none has', { orderBy: 'name', search: 'zebrafish' }, /contacts_by_name|Bitmap Index Scan on contacts/],
  [
    'with a further address',
    { orderBy: 'name', search: '70@home.example' },
    /contacts_by_name|Bitmap Index Scan on contacts/,
  ],
])('the list of 10,000 contacts %s is one statement over the owner’s own index', async (_name, input, index) => {
  const plan = await planOf(db, (caught) => listContacts(caught, userId, { limit, ...input }))
  expect(plan).toMatch(index)
  expect(plan).not.toMatch(/Seq Scan on contacts\b/)
  expect(plan.match(/^Limit/gm)).toHaveLength(1)
})

test.each<[string, (caught: typeof db) => Promise<unknown>]>([
  ['its contact', (caught) => findContact(caught, userId, '70@home.example')],
  ['whose it is', (caught) => ownersOf(caught, userId, ['70@home.example', '7@engine.example'])],
  [
    'what a mail tells',
    (caught) => noteCorrespondent(caught, userId, { address: '70@home.example', name: 'A', company: null, now }),
  ],
  ['the last contact', (caught) => noteContacted(caught, userId, '70@home.example', now)],
  ['their mail', async (caught) => listContactEmails(caught, userId, { limit, contactId: await contactId() })],
])('of one address %s is found by indexes', async (_name, look) => {
  expect(await planOf(db, look)).not.toMatch(/Seq Scan on (contacts|contact_addresses)\b/)
})

test('among 10,000 contacts a page is found in no time, also when none is', async () => {
  for (const search of ['words', 'zebrafish', '70@home.example', 'person 9 words engine']) {
    const start = performance.now()
    await listContacts(db, userId, { limit, orderBy: 'name', search })
    const ms = Math.round(performance.now() - start)
    // oxlint-disable-next-line no-console -- a figure to watch
    console.info(`“${search}” among 10,000 contacts: ${ms} ms`)
    expect(ms).toBeLessThan(2_000)
  }
})
