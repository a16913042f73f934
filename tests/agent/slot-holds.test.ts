import { randomUUID } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../support/app.ts'
import { type Inbox, openInbox } from '../support/connected-inbox.ts'
import { versionOf } from '../support/sending.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

const hourMs = 3_600_000
const text = 'Hello Mara,\r\n\r\ncould we meet next week to talk it over? When are you free?\r\n\r\nBest'

function asks(name: string) {
  return { from: `${name} <${name.toLowerCase()}@engine.example>`, subject: `Meet ${name}?`, text }
}

/** The hours that a draft offers, as its reader sees them. */
function offeredIn({ body }: { body: string }): string[] {
  const found = body.match(/^- .*\(UTC, UTC.*\)$/gm)
  if (!found) throw new Error(`no hours are offered: ${body}`)
  return found
}

async function offerTo(inbox: Inbox, name: string) {
  const draft = await inbox.newDraft(asks(name))
  return { draft, hours: offeredIn(draft) }
}

test('three people who ask to meet are offered nine different hours, and each hour is held', async () => {
  const inbox = await openInbox(app)
  const offers = [await offerTo(inbox, 'Ada'), await offerTo(inbox, 'Grace'), await offerTo(inbox, 'Mary')]
  expect(new Set(offers.flatMap(({ hours }) => hours)).size).toBe(9)
  const holds = await heldRows(app, inbox)
  expect(new Set(holds.map(({ startAt }) => startAt)).size).toBe(9)
})

test('another try for the same mail may offer the hours it had', async () => {
  const inbox = await openInbox(app)
  const { draft, hours } = await offerTo(inbox, 'Ada')
  await inbox.api.emails.process({ emailId: draft.emailId })
  await app.drain()
  const { items } = await inbox.api.drafts.list({ status: 'pending' })
  expect(items).toHaveLength(1)
  expect(items[0]?.id).not.toBe(draft.id)
  expect(offeredIn(items[0] ?? draft)).toEqual(hours)
})

test.each<[string, (inbox: Inbox, draft: Awaited<ReturnType<typeof offerTo>>['draft']) => Promise<unknown>]>([
  ['the owner rejects the draft', (inbox, draft) => inbox.api.drafts.reject(versionOf(draft))],
  [
    'the owner has answered in Gmail',
    async (inbox, draft) => {
      const { messageId } = await storedMail(draft.emailId)
      app.clock.advance(60_000)
      const answer = { direction: 'out', to: 'Ada <ada@engine.example>', subject: 'Re: Meet Ada?' } as const
      await inbox.receive({ ...answer, text: 'Let me call you.', inReplyTo: messageId })
      expect(await inbox.draft(draft.id)).toMatchObject({ status: 'superseded' })
    },
  ],
  [
    'the correspondent’s answer to it was worked on',
    async (inbox, draft) => {
      await inbox.api.drafts.approve(versionOf(draft))
      await app.drainDelayed()
      const { threadId, messageId } = await storedMail(draft.emailId)
      app.clock.advance(60_000)
      const answer = { from: 'Ada <ada@engine.example>', subject: 'Re: Meet Ada?', text: 'Thank you, see you then.' }
      const { id } = await inbox.receive({ ...answer, inReplyTo: messageId })
      expect(await inbox.email(id)).toMatchObject({ threadId, status: 'no_reply' })
    },
  ],
])('the hours are free again when %s', async (_name, end) => {
  const inbox = await openInbox(app)
  const { draft, hours } = await offerTo(inbox, 'Ada')
  await end(inbox, draft)
  expect((await offerTo(inbox, 'Grace')).hours).toEqual(hours)
})

test('the hours stay held while the approved draft waits, and after it went out', async () => {
  const inbox = await openInbox(app, { undoWindowSeconds: 600 })
  const { draft, hours } = await offerTo(inbox, 'Ada')
  await inbox.api.drafts.approve(versionOf(draft))
  const second = await offerTo(inbox, 'Grace')
  app.clock.advance(700_000)
  await app.drainDelayed()
  expect(await inbox.draft(draft.id)).toMatchObject({ status: 'sent' })
  const third = await offerTo(inbox, 'Mary')
  expect(new Set([...hours, ...second.hours, ...third.hours]).size).toBe(9)
})

test('a run that ends without a draft holds nothing, and what has passed is cleared away', async () => {
  const inbox = await openInbox(app)
  const { hours, draft } = await offerTo(inbox, 'Ada')
  const emailId = draft.emailId
  await app.db.deleteFrom('drafts').where('userId', '=', inbox.userId).execute()
  expect((await offerTo(inbox, 'Grace')).hours).toEqual(hours)

  const traceId = randomUUID()
  const past = (hoursAgo: number) => new Date(app.clock.now().getTime() - hoursAgo * hourMs).toISOString()
  const run = { userId: inbox.userId, id: traceId, emailId, scope: 'full', createdAt: past(5) } as const
  await app.db
    .insertInto('traces')
    .values({ ...run, status: 'running' })
    .execute()
  const over = { userId: inbox.userId, traceId, startAt: past(4), endAt: past(3) }
  await app.db.insertInto('slotHolds').values(over).execute()
  await offerTo(inbox, 'Mary')
  expect((await heldRows(app, inbox)).filter((row) => row.traceId === traceId)).toEqual([])
})

test('the holds go with the mail', async () => {
  const inbox = await openInbox(app)
  const { draft } = await offerTo(inbox, 'Ada')
  expect(await heldRows(app, inbox)).toHaveLength(3)
  await app.db.deleteFrom('emails').where('userId', '=', inbox.userId).where('id', '=', draft.emailId).execute()
  expect(await heldRows(app, inbox)).toEqual([])
})

function storedMail(emailId: string) {
  return app.db
    .selectFrom('emails')
    .where('id', '=', emailId)
    .select(['threadId', 'messageId'])
    .$narrowType<{ messageId: string }>()
    .executeTakeFirstOrThrow()
}

function heldRows({ db }: TestApp, { userId }: Inbox) {
  return db.selectFrom('slotHolds').where('userId', '=', userId).select(['traceId', 'startAt']).execute()
}
