import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { EmailItem } from '../../../shared-types/index.ts'
import { createTestApp } from '../../support/app.ts'
import { type Inbox, openInbox } from '../../support/connected-inbox.ts'
import { createScriptedModel } from '../../support/scripted-model.ts'

const model = createScriptedModel()
const app = await createTestApp({ ports: model.ports })
afterAll(() => app[Symbol.asyncDispose]())
beforeEach(() => model.reset())

const price = 'Hello Mara,\n\nhow much would two drawings cost?\n\nAda'
const frame = 'Hello Mara,\n\nand what does the frame cost?\n\nAda'

/** A question that waits with its draft, and a later mail of the same person. */
async function writtenTwice(later: string, inbox?: Inbox) {
  const opened = inbox ?? (await openInbox(app, { undoWindowSeconds: 30 }))
  const messageId = `<${crypto.randomUUID()}@engine.example>`
  const first = await opened.receive({ subject: 'Two drawings', text: price, messageId })
  const second = await opened.receive({ subject: 'Re: Two drawings', text: later, inReplyTo: messageId })
  const statuses = async () => [(await opened.email(first.id)).status, (await opened.email(second.id)).status]
  return { inbox: opened, messageId, first, second, statuses }
}

async function pendingDrafts(inbox: Inbox) {
  return (await inbox.api.drafts.list({ status: 'pending' })).items
}

async function onlyDraft(inbox: Inbox, of: EmailItem) {
  const [draft, ...others] = await pendingDrafts(inbox)
  expect(others).toEqual([])
  expect(draft?.emailId).toBe(of.id)
  return { draftId: draft?.id ?? '', version: draft?.version ?? 0 }
}

test('a second question takes the first along: one draft answers both, and both wait for the owner', async () => {
  const { inbox, first, second, statuses } = await writtenTwice(frame)
  await onlyDraft(inbox, second)
  expect(await statuses()).toEqual(['needs_review', 'needs_review'])
  expect((await inbox.email(first.id)).reasons).toEqual([
    { code: 'ANSWERED_WITH', text: 'It is answered with the newer message “Re: Two drawings”.' },
  ])
  const asked = model.requests.flatMap(({ facts }) => (facts.task === 'generate' ? [facts.earlier] : []))
  expect(asked.at(-1)).toEqual([expect.stringContaining('how much would two drawings cost?')])
})

test.each([
  ['thanks in advance', 'Thank you in advance!\n\nAda'],
  ['an empty mail', '\n'],
  ['a thumbs-up', '👍\n'],
  ['a forgotten picture', 'Sorry, here is the picture I forgot.\n\nAda'],
  ['a wish to hear from them', 'I look forward to hearing from you.'],
])('%s leaves the draft as it is, and says so', async (_what, later) => {
  const { inbox, first, second, statuses } = await writtenTwice(later)
  await onlyDraft(inbox, first)
  expect(await statuses()).toEqual(['needs_review', 'no_reply'])
  expect((await inbox.email(second.id)).reasons.at(-1)).toEqual({
    code: 'ASKS_NOTHING_NEW',
    text: 'It asks nothing new: what was asked before it waits as it is.',
  })
})

describe('the mails of one request move together', () => {
  test('approved, taken back, approved again and sent', async () => {
    const { inbox, second, statuses } = await writtenTwice(frame)
    const version = await onlyDraft(inbox, second)
    await inbox.api.drafts.approve({ ...version, acceptOpenQuestions: true })
    expect(await statuses()).toEqual(['approved', 'approved'])
    await inbox.api.drafts.cancelSend(version)
    expect(await statuses()).toEqual(['needs_review', 'needs_review'])
    await inbox.api.drafts.approve({ ...version, acceptOpenQuestions: true })
    app.clock.advance(31_000)
    await app.drainDelayed()
    expect(await statuses()).toEqual(['sent', 'sent'])
    expect(await inbox.sent()).toHaveLength(1)
  })

  test('rejected', async () => {
    const { inbox, second, statuses } = await writtenTwice(frame)
    await inbox.api.drafts.reject(await onlyDraft(inbox, second))
    expect(await statuses()).toEqual(['rejected', 'rejected'])
  })

  test('closed by an answer in Gmail', async () => {
    const { inbox, messageId, second, statuses } = await writtenTwice(frame)
    await onlyDraft(inbox, second)
    await app.deliver(inbox.owner, { direction: 'out', subject: 'Re: Two drawings', inReplyTo: messageId })
    await inbox.sync()
    expect(await statuses()).toEqual(['no_reply', 'no_reply'])
    expect(await pendingDrafts(inbox)).toEqual([])
  })
})

test('a reply that was approved before the second question came is called back, and the owner is told', async () => {
  const inbox = await openInbox(app, { undoWindowSeconds: 30 })
  const messageId = '<asked-before@engine.example>'
  const first = await inbox.receive({ subject: 'Two drawings', text: price, messageId })
  await inbox.api.drafts.approve({ ...(await onlyDraft(inbox, first)), acceptOpenQuestions: true })
  const second = await inbox.receive({ subject: 'Re: Two drawings', text: frame, inReplyTo: messageId })
  await onlyDraft(inbox, second)
  expect((await inbox.email(first.id)).status).toBe('needs_review')
  expect(await inbox.outbox()).toMatchObject([{ state: 'CANCELLED' }])
  expect(await inbox.notifications()).toEqual(['draft_ready', 'draft_superseded', 'draft_ready'])
  app.clock.advance(31_000)
  await app.drainDelayed()
  expect(await inbox.sent()).toEqual([])
})

test('a thank-you does not call an approved reply back', async () => {
  const inbox = await openInbox(app, { undoWindowSeconds: 30 })
  const messageId = '<approved-before@engine.example>'
  const first = await inbox.receive({ subject: 'Two drawings', text: price, messageId })
  await inbox.api.drafts.approve({ ...(await onlyDraft(inbox, first)), acceptOpenQuestions: true })
  await inbox.receive({ subject: 'Re: Two drawings', text: 'Thank you in advance!', inReplyTo: messageId })
  app.clock.advance(31_000)
  await app.drainDelayed()
  expect(await inbox.sent()).toHaveLength(1)
})

test('when the newer mail is removed in Gmail, the question before it gets a draft of its own again', async () => {
  const { inbox, first, second } = await writtenTwice(frame)
  const { gmailId } = await app.db
    .selectFrom('emails')
    .where('id', '=', second.id)
    .select('gmailId')
    .executeTakeFirstOrThrow()
  app.google.byHand(inbox.owner.email).delete(gmailId)
  await inbox.sync()
  await onlyDraft(inbox, first)
  expect((await inbox.email(first.id)).status).toBe('needs_review')
})

test('questions that arrive together are one request, in whatever order they are worked on', async () => {
  const inbox = await openInbox(app)
  const messageId = '<together@engine.example>'
  await app.deliver(inbox.owner, { subject: 'Two drawings', text: price, messageId })
  await app.deliver(inbox.owner, { subject: 'Re: Two drawings', text: frame, inReplyTo: messageId })
  await inbox.sync()
  const mails = await inbox.emails()
  expect(mails.map(({ status }) => status)).toEqual(['needs_review', 'needs_review'])
  const newest = mails.find(({ subject }) => subject === 'Re: Two drawings')
  if (!newest) throw new Error('the second question is not there')
  await onlyDraft(inbox, newest)
})

test('a request of several mails is never sent without a person', async () => {
  const { inbox } = await writtenTwice(frame)
  const [draft] = await pendingDrafts(inbox)
  expect(draft?.reasons).toContainEqual({ code: 'ANSWERS_SEVERAL', text: 'It answers several messages at once.' })
})
