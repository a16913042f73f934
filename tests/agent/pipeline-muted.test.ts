import { afterAll, expect, test } from 'vitest'
import { faultMatrix } from '../../google-sandbox/sandbox.ts'
import { createTestApp } from '../support/app.ts'
import { createAutomaticApp, openAutomatic } from '../support/automatic.ts'
import { type Inbox, openInbox } from '../support/connected-inbox.ts'
import type { MailToWrite } from '../support/mail.ts'

const app = await createTestApp()
const automatic = await createAutomaticApp()
afterAll(() => Promise.all([app[Symbol.asyncDispose](), automatic[Symbol.asyncDispose]()]))

const first = '<first@engine.example>'
const thanks = 'Dear all,\r\n\r\nthank you very much, that is perfect!\r\n\r\nAda'
const list = /\/messages$/
const mutedReason = { code: 'MUTED', text: 'You muted this conversation in Gmail.' }
const unknownReason = { code: 'MUTING_UNKNOWN', text: 'Gmail could not tell whether you muted this conversation.' }

/** A conversation among three, of which the owner knows one mail. */
async function begin(inbox: Inbox, on = app) {
  const to = `${inbox.owner.email}, Bob <bob@engine.example>`
  const { threadId } = await on.deliver(inbox.owner, { to, subject: 'Drawings', messageId: first, text: thanks })
  await inbox.sync()
  const hand = on.google.byHand(inbox.owner.email)
  const from = inbox.requests('GET', list).length
  return {
    threadId,
    mute: () => hand.mute(threadId),
    /** Ada asks something, in the same conversation. */
    ask: (mail: MailToWrite = {}) => inbox.receive({ to, subject: 'Re: Drawings', inReplyTo: first, ...mail }),
    /** How often Gmail was asked since. */
    asked: () => inbox.requests('GET', list).length - from,
  }
}

const archived = { labels: ['UNREAD'] }

test('new mail of a conversation muted in Gmail makes no draft, and says why', async () => {
  const inbox = await openInbox(app)
  const { threadId, mute, ask, asked } = await begin(inbox)
  mute()
  const mail = await ask()
  expect(mail).toMatchObject({ threadId, intent: 'inquiry', status: 'no_reply', draft: null })
  expect((await inbox.email(mail.id)).reasons).toEqual([mutedReason])
  expect(await inbox.notifications()).toEqual([])
  expect(asked()).toBe(1)
})

test('mail that a filter keeps out of the inbox gets its draft in a conversation that is not muted', async () => {
  const inbox = await openInbox(app)
  const { threadId, ask, asked } = await begin(inbox)
  const mail = await ask(archived)
  expect(mail).toMatchObject({ threadId, status: 'needs_review', draft: { status: 'pending' } })
  expect(asked()).toBe(1)
})

test('a mail under the Message-ID of one that is muted gets its draft', async () => {
  const inbox = await openInbox(app)
  const { ask } = await begin(inbox)
  const messageId = '<known@engine.example>'
  const other = await app.deliver(inbox.owner, { subject: 'Another', messageId, text: thanks })
  app.google.byHand(inbox.owner.email).mute(other.threadId)
  expect(await ask({ ...archived, messageId })).toMatchObject({ status: 'needs_review' })
})

test('a conversation moved to the inbox again is answered again', async () => {
  const inbox = await openInbox(app)
  const { mute, ask } = await begin(inbox)
  mute()
  const mail = await ask()
  app.google.byHand(inbox.owner.email).label(await gmailIdOf(mail.id), { add: ['INBOX'] })
  expect(await ask({ ...archived, text: 'Dear Mara,\r\n\r\nwhen will they be ready?\r\n\r\nAda' })) //
    .toMatchObject({ status: 'needs_review' })
})

test('Gmail is asked nothing for mail in the inbox, the first of a conversation and one that asks nothing', async () => {
  const inbox = await openInbox(app)
  const { threadId, ask, asked } = await begin(inbox)
  expect(await ask()).toMatchObject({ threadId, status: 'needs_review' })
  expect(await inbox.receive({ ...archived, subject: 'Alone' })).toMatchObject({ status: 'needs_review' })
  expect(await ask({ ...archived, text: thanks })).toMatchObject({ status: 'no_reply' })
  expect(asked()).toBe(0)
})

const hostile = [
  '<x(a)OR(in:anywhere)@engine.example>',
  '<x"y"OR{in:anywhere}@engine.example>',
  '<{is:muted}@engine.example>',
  '<x@engine.example(a)OR(in:anywhere)>',
  '<-x@engine.example>',
]

test.each(hostile)('the Message-ID %s neither mutes a conversation nor unmutes it', async (messageId) => {
  const inbox = await openInbox(app)
  const { mute, ask } = await begin(inbox)
  expect(await ask({ ...archived, messageId })).toMatchObject({ status: 'needs_review' })
  mute()
  expect(await ask({ messageId })).toMatchObject({ status: 'no_reply' })
})

test('a reply asked for by hand is drafted in a muted conversation too, and says that it is muted', async () => {
  const inbox = await openInbox(app)
  const { mute, ask } = await begin(inbox)
  mute()
  const { id: emailId } = await ask()
  await inbox.api.emails.process({ emailId })
  await app.drain()
  const { status, draft, reasons } = await inbox.email(emailId)
  expect({ status, draft: draft?.status }).toEqual({ status: 'needs_review', draft: 'pending' })
  expect(reasons).toContainEqual(mutedReason)
})

test('while Gmail cannot be asked the draft waits for review, and tells so', async () => {
  const inbox = await openInbox(app)
  const { mute, ask } = await begin(inbox)
  mute()
  using _ = app.google.inject({ match: { path: list, email: inbox.owner.email }, kind: faultMatrix.domainPolicy })
  const mail = await ask()
  expect(mail).toMatchObject({ status: 'needs_review', draft: { status: 'pending' } })
  expect((await inbox.email(mail.id)).reasons).toContainEqual(unknownReason)
})

test('nothing is sent by itself in a conversation that is muted or of which Gmail does not tell', async () => {
  const inbox = await openAutomatic(automatic)
  const to = `${inbox.owner.email}, Bob <bob@engine.example>`
  await automatic.deliver(inbox.owner, { to, subject: 'Re: Drawings', messageId: first, direction: 'out' })
  await inbox.sync()
  const ask = () => inbox.receive({ to, subject: 'Re: Drawings', inReplyTo: first, ...archived })
  const reasonsOf = async (id = '') => (await inbox.draft(id)).reasons

  const { path, email } = { path: list, email: inbox.owner.email }
  const down = automatic.google.inject({ match: { path, email }, kind: faultMatrix.domainPolicy })
  const unknown = await ask()
  down[Symbol.dispose]()
  expect(await reasonsOf(unknown.draft?.id)).toEqual([unknownReason])

  automatic.google.byHand(email).mute(unknown.threadId)
  await inbox.api.emails.process({ emailId: unknown.id })
  await automatic.drain()
  const { draft } = await inbox.email(unknown.id)
  expect(await reasonsOf(draft?.id)).toEqual([mutedReason])
  expect(await inbox.outbox()).toEqual([])
})

async function gmailIdOf(emailId: string): Promise<string> {
  const { gmailId } = await app.db
    .selectFrom('emails')
    .where('id', '=', emailId)
    .select('gmailId')
    .executeTakeFirstOrThrow()
  return gmailId
}
