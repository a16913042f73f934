import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { createTestApp } from '../support/app.ts'
import { type Inbox, openInbox, sweep } from '../support/connected-inbox.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

const foundBy = async (inbox: Inbox, search: string) => (await inbox.api.emails.list({ search })).items.length

/** As a database looks that was brought up to date with mail in it. */
async function newOldMail(count: number): Promise<Inbox> {
  const inbox = await openInbox(app, { autonomy: 'off', classifyOnSync: false })
  for (let n = 0; n < count; n++) await app.deliver(inbox.owner, { subject: `Café ${n}`, text: '关于明天会议的安排' })
  await inbox.sync()
  const { userId } = inbox
  await sql`update emails set search = to_tsvector('simple', subject || ' ' || text)
    where user_id = ${userId}`.execute(app.db)
  await app.db.insertInto('searchRefills').values({ userId }).execute()
  return inbox
}

test('old mail is found the new way once the sweep has been over it', async () => {
  const [inbox, other] = [await newOldMail(3), await newOldMail(1)]
  expect([await foundBy(inbox, 'café'), await foundBy(inbox, 'cafe'), await foundBy(inbox, '会议')]).toEqual([3, 0, 0])
  await sweep(app)
  expect([await foundBy(inbox, 'café'), await foundBy(inbox, 'cafe'), await foundBy(inbox, '会议')]).toEqual([3, 3, 3])
  expect(await foundBy(other, '会议')).toBe(1)
  expect(await app.db.selectFrom('searchRefills').selectAll().execute()).toEqual([])
})

test('a refill that was stopped goes on where it was', async () => {
  const inbox = await newOldMail(2)
  const { userId } = inbox
  const stopped = AbortSignal.abort()
  const job = { id: '', payload: { userId }, isLastTry: false }
  await app.handlers['refill-search']({ ...job, signal: stopped })
  expect(await foundBy(inbox, '会议')).toBe(0)
  await app.handlers['refill-search']({ ...job, signal: new AbortController().signal })
  expect(await foundBy(inbox, '会议')).toBe(2)
})

test('mail that a process of the version before stores meanwhile is found as well', async () => {
  const inbox = await openInbox(app, { autonomy: 'off', classifyOnSync: false })
  await app.deliver(inbox.owner, { subject: 'Café' })
  await inbox.sync()
  const copied = ['subject', 'from_name', 'from_address', 'text', 'fresh_text', 'snippet', 'direction', 'status']
    .concat(['mailbox_id', 'reference_ids', 'to_addresses', 'cc_addresses', 'reply_to_addresses', 'received_at'])
    .concat(['headers', 'labels', 'thread_id'])
    .join(', ')
  await sql`insert into emails (user_id, id, gmail_id, ${sql.raw(copied)})
    select user_id, gen_random_uuid(), 'another', ${sql.raw(copied)} from emails
    where user_id = ${inbox.userId}`.execute(app.db)
  expect(await foundBy(inbox, 'cafe')).toBe(1)
  await sweep(app)
  expect(await foundBy(inbox, 'cafe')).toBe(2)
})
