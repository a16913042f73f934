import { afterAll, expect, test } from 'vitest'
import { contentHash } from '../../../server/mail/content-hash.ts'
import { createTestApp } from '../../support/app.ts'
import { type Inbox, openInbox } from '../../support/connected-inbox.ts'
import { approveNew, expectSentOnce, injectFault, sendPaths, stateOf, approvalOf } from '../../support/sending.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

const gmailDrafts = (inbox: Inbox) => app.google.drafts(inbox.owner.email)

test.each(['internalError', 'reset', 'tooManyRequests'] as const)(
  'when the Gmail draft cannot be made (%s) the send comes again, and one mail goes out',
  async (kind) => {
    const inbox = await openInbox(app)
    const draft = await approveNew(inbox)
    using fault = injectFault(app, inbox, 'create', kind)
    await app.drainDelayed()
    await app.drainDelayed()

    expect(fault.hits).toBe(1)
    await expectSentOnce(inbox, draft)
    expect(await gmailDrafts(inbox)).toEqual([])
  },
)

const permanent = ['invalidArgument', 'failedPrecondition', 'insufficientPermissions', 'domainPolicy'] as const
const refusals = permanent.flatMap((kind) => [['create', kind] as const, ['send', kind] as const])

test.each(refusals)(
  'what Gmail refuses for good (%s: %s) comes back to review at once, with the reason',
  async (call, kind) => {
    const inbox = await openInbox(app)
    const draft = await approveNew(inbox)
    injectFault(app, inbox, call, kind)
    await app.drainDelayed()

    expect(await stateOf(inbox)).toBe('REJECTED')
    const { status, reasons } = await inbox.email(draft.emailId)
    const text = expect.stringMatching(/^Gmail refused to send the reply: Gmail answered 40[03]/)
    const refused = { code: 'SEND_REFUSED', text }
    expect({ status, reasons }).toEqual({ status: 'needs_review', reasons: [refused] })
    const back = await inbox.draft(draft.id)
    expect(back).toMatchObject({ status: 'pending', sendAt: null })
    expect(back).toMatchObject({ sendReasons: [refused], reasons: draft.reasons })
    expect(await inbox.notifications()).toEqual(['draft_ready', 'send_rejected'])
    expect(await inbox.sent()).toEqual([])
    expect(await gmailDrafts(inbox)).toEqual([])

    const again = await inbox.api.drafts.approve(approvalOf(draft))
    expect(again).toMatchObject({ sendReasons: [], reasons: draft.reasons })
    await app.drainDelayed()
    await expectSentOnce(inbox, draft)
  },
)

const passing = ['notFound', 'tooManyRequests', 'rateLimitExceeded', 'userRateLimitExceeded', 'unavailable'] as const

test.each(passing)('%s at the send is never called a refusal: the draft is still there, and goes out', async (kind) => {
  const inbox = await openInbox(app)
  const draft = await approveNew(inbox)
  injectFault(app, inbox, 'send', kind)
  await app.drainDelayed()
  expect(await stateOf(inbox)).toBe('SENDING')
  await app.drainDelayed()
  await expectSentOnce(inbox, draft)
})

test('a sign-in that Google refuses is the operator’s affair: the reply waits until it is mended', async () => {
  const inbox = await openInbox(app)
  const draft = await approveNew(inbox)
  const match = { method: 'POST', path: /\/token$/, email: inbox.owner.email }
  const refused = { status: 400, json: { error: 'unsupported_grant_type' } }
  using fault = app.google.inject({ match, times: 9, kind: refused })
  app.google.expireAccessTokens(inbox.owner.email)
  await app.drainDelayed()
  expect(fault.hits).toBeGreaterThan(0)
  expect(await inbox.draft(draft.id)).toMatchObject({ status: 'approved' })

  fault[Symbol.dispose]()
  await app.drainDelayed()
  await expectSentOnce(inbox, draft)
})

test('a refusal after an answer that was lost is no refusal: the first may have gone out', async () => {
  const inbox = await openInbox(app)
  await approveNew(inbox)
  injectFault(app, inbox, 'send', 'unavailable')
  injectFault(app, inbox, 'send', 'invalidArgument')
  await app.drainDelayed()
  await app.drainDelayed()
  expect(await stateOf(inbox)).toBe('SENDING')
})

test('a reply no mail can be made of comes back to review instead of being tried for ever', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  const to = [{ name: '', address: 'two@once,evil@engine.example' }]
  await app.db
    .updateTable('drafts')
    .set({ toAddresses: JSON.stringify(to) })
    .where('id', '=', draft.id)
    .execute()
  const hash = { contentHash: contentHash({ ...draft, to }) }
  await app.db.updateTable('draftVersions').set(hash).where('draftId', '=', draft.id).execute()
  await inbox.api.drafts.approve(approvalOf(draft))
  await app.drainDelayed()

  expect(await stateOf(inbox)).toBe('REJECTED')
  expect(await inbox.draft(draft.id)).toMatchObject({ status: 'pending' })
  const text = expect.stringContaining('not an address')
  expect((await inbox.email(draft.emailId)).reasons).toEqual([{ code: 'NOT_COMPOSABLE', text }])
  expect(inbox.requests('POST', /drafts/)).toEqual([])
})

test.each(['answerLost', 'truncatedJson'] as const)(
  'when the answer to the send is lost (%s), the mail is found in its thread and not sent again',
  async (kind) => {
    const inbox = await openInbox(app)
    const draft = await approveNew(inbox)
    injectFault(app, inbox, 'send', kind)
    await app.drainDelayed()
    expect(await stateOf(inbox)).toBe('SENDING')
    expect(await inbox.draft(draft.id)).toMatchObject({ status: 'sending' })

    await app.drainDelayed()
    await expectSentOnce(inbox, draft)
    expect(inbox.requests('POST', sendPaths.send)).toHaveLength(1)
  },
)

test('a lost answer and a thread that shows the mail late still make one mail', async () => {
  const inbox = await openInbox(app)
  const draft = await approveNew(inbox)
  injectFault(app, inbox, 'send', 'answerLost')
  app.google.delaySentVisibility(Infinity)
  for (let tries = 0; tries < 4; tries++) {
    await app.drainDelayed()
    app.clock.advance(61_000)
  }
  expect(await stateOf(inbox)).toBe('SENDING')

  app.google.delaySentVisibility(0)
  await app.drainDelayed()
  await expectSentOnce(inbox, draft)
  expect(inbox.requests('POST', sendPaths.send)).toHaveLength(1)
})

test.each(['reset', 'internalError', 'tooManyRequests'] as const)(
  'a send that did not happen (%s) is made good: its draft is still there',
  async (kind) => {
    const inbox = await openInbox(app)
    const draft = await approveNew(inbox)
    injectFault(app, inbox, 'send', kind)
    await app.drainDelayed()
    expect(await stateOf(inbox)).toBe('SENDING')

    await app.drainDelayed()
    await expectSentOnce(inbox, draft)
    expect(await gmailDrafts(inbox)).toEqual([])
  },
)

test('when the thread cannot be read, nothing is sent and nothing is given up', async () => {
  const inbox = await openInbox(app)
  const draft = await approveNew(inbox)
  injectFault(app, inbox, 'send', 'answerLost')
  using fault = injectFault(app, inbox, 'thread', 'insufficientPermissions', 2)
  for (let tries = 0; tries < 3; tries++) {
    expect(await inbox.draft(draft.id)).not.toMatchObject({ status: 'sent' })
    await app.drainDelayed()
  }
  expect(fault.hits).toBe(2)
  await app.drainDelayed()
  await expectSentOnce(inbox, draft)
  expect(inbox.requests('POST', sendPaths.send)).toHaveLength(1)
})
