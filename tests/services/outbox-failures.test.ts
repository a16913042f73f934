import { afterAll, expect, test } from 'vitest'
import { faultMatrix } from '../../demo/sandbox/sandbox.ts'
import type { Draft } from '../../shared-types/index.ts'
import { createTestApp } from '../support/app.ts'
import { type Inbox, openInbox } from '../support/connected-inbox.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

const paths = { create: /\/drafts$/, send: /\/drafts\/send$/, thread: /\/threads\/\w+$/ }

/** Approved, and due. */
async function approve(inbox: Inbox): Promise<Draft> {
  const draft = await inbox.newDraft()
  return inbox.api.drafts.approve({ draftId: draft.id, version: draft.version })
}

/** What is lost on the way to this mailbox. */
function inject(inbox: Inbox, call: 'create' | 'send' | 'thread', kind: keyof typeof faultMatrix, times = 1) {
  const method = call === 'thread' ? 'GET' : 'POST'
  return app.google.inject({
    match: { method, path: paths[call], email: inbox.owner.email },
    times,
    kind: faultMatrix[kind],
  })
}

const gmailDrafts = (inbox: Inbox) => app.google.drafts(inbox.owner.email)
const stateOf = async (inbox: Inbox) => (await inbox.outbox()).at(-1)?.state

async function expectSentOnce(inbox: Inbox, { id, emailId }: Draft): Promise<void> {
  expect(await inbox.sent()).toHaveLength(1)
  expect(await stateOf(inbox)).toBe('SENT')
  expect(await inbox.draft(id)).toMatchObject({ status: 'sent' })
  expect(await inbox.email(emailId)).toMatchObject({ status: 'sent' })
}

test.each(['internalError', 'reset', 'tooManyRequests'] as const)(
  'when the Gmail draft cannot be made (%s) the send comes again, and one mail goes out',
  async (kind) => {
    const inbox = await openInbox(app)
    const draft = await approve(inbox)
    using fault = inject(inbox, 'create', kind)
    await app.drainDelayed()
    await app.drainDelayed()

    expect(fault.hits).toBe(1)
    await expectSentOnce(inbox, draft)
    expect(await gmailDrafts(inbox)).toEqual([])
  },
)

test.each(['create', 'send'] as const)(
  'what Gmail refuses for good (%s) comes back to review with the reason',
  async (call) => {
    const inbox = await openInbox(app)
    const draft = await approve(inbox)
    inject(inbox, call, 'invalidArgument')
    await app.drainDelayed()

    expect(await stateOf(inbox)).toBe('REJECTED')
    expect(await inbox.draft(draft.id)).toMatchObject({ status: 'pending', sendAt: null })
    const { status, reasons } = await inbox.email(draft.emailId)
    expect({ status, reasons }).toEqual({
      status: 'needs_review',
      reasons: [expect.stringMatching(/^Gmail refused to send the reply: .*400/)],
    })
    expect(await inbox.notifications()).toEqual(['draft_ready', 'send_rejected'])
    expect(await inbox.sent()).toEqual([])
    expect(await gmailDrafts(inbox)).toEqual([])

    await inbox.api.drafts.approve({ draftId: draft.id, version: draft.version })
    await app.drainDelayed()
    await expectSentOnce(inbox, draft)
  },
)

test('a reply no mail can be made of comes back to review instead of being tried for ever', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft({ from: 'Odd <"a,b"@engine.example>' })
  await inbox.api.drafts.approve({ draftId: draft.id, version: draft.version })
  await app.drainDelayed()

  expect(await stateOf(inbox)).toBe('REJECTED')
  expect(await inbox.draft(draft.id)).toMatchObject({ status: 'pending' })
  expect((await inbox.email(draft.emailId)).reasons.join()).toContain('not an address')
  expect(inbox.requests('POST', /drafts/)).toEqual([])
})

test.each(['answerLost', 'truncatedJson'] as const)(
  'when the answer to the send is lost (%s), the mail is found in its thread and not sent again',
  async (kind) => {
    const inbox = await openInbox(app)
    const draft = await approve(inbox)
    inject(inbox, 'send', kind)
    await app.drainDelayed()
    expect(await stateOf(inbox)).toBe('SENDING')
    expect(await inbox.draft(draft.id)).toMatchObject({ status: 'sending' })

    await app.drainDelayed()
    await expectSentOnce(inbox, draft)
    expect(inbox.requests('POST', paths.send)).toHaveLength(1)
  },
)

test('a lost answer and a thread that shows the mail late still make one mail', async () => {
  const inbox = await openInbox(app)
  const draft = await approve(inbox)
  inject(inbox, 'send', 'answerLost')
  app.google.delaySentVisibility(Infinity)
  for (let tries = 0; tries < 4; tries++) {
    await app.drainDelayed()
    app.clock.advance(61_000)
  }
  expect(await stateOf(inbox)).toBe('SENDING')

  app.google.delaySentVisibility(0)
  await app.drainDelayed()
  await expectSentOnce(inbox, draft)
  expect(inbox.requests('POST', paths.send)).toHaveLength(1)
})

test.each(['reset', 'internalError', 'tooManyRequests'] as const)(
  'a send that did not happen (%s) is made good: its draft is still there',
  async (kind) => {
    const inbox = await openInbox(app)
    const draft = await approve(inbox)
    inject(inbox, 'send', kind)
    await app.drainDelayed()
    expect(await stateOf(inbox)).toBe('SENDING')

    await app.drainDelayed()
    await expectSentOnce(inbox, draft)
    expect(await gmailDrafts(inbox)).toEqual([])
  },
)

test('a send nobody can know about is asked of the owner after ten minutes, and never repeated', async () => {
  const inbox = await openInbox(app)
  const draft = await approve(inbox)
  inject(inbox, 'send', 'reset')
  await app.drainDelayed()
  const [gmailDraft] = await gmailDrafts(inbox)
  await app.ctx.mailSender.deleteDraft({ userId: inbox.userId, mailboxId: inbox.mailboxId }, gmailDraft?.id ?? '')

  app.clock.advance(9 * 60_000)
  await app.drainDelayed()
  expect(await stateOf(inbox)).toBe('SENDING')
  app.clock.advance(2 * 60_000)
  await app.drainDelayed()

  expect(await stateOf(inbox)).toBe('UNKNOWN')
  expect(await inbox.draft(draft.id)).toMatchObject({ status: 'unknown' })
  const { status, reasons } = await inbox.email(draft.emailId)
  expect(status).toBe('needs_review')
  expect(reasons.join(' ')).toMatch(/not known whether your reply went out.*Look into Gmail/)
  expect(await inbox.notifications()).toEqual(['draft_ready', 'send_unknown'])

  await app.drainDelayed()
  expect(inbox.requests('POST', paths.send)).toHaveLength(1)
  expect(await inbox.sent()).toEqual([])
  const version = { draftId: draft.id, version: draft.version }
  await expect(inbox.api.drafts.approve(version)).rejects.toMatchObject({ cause: { reason: 'DRAFT_NOT_PENDING' } })
  await expect(inbox.api.drafts.cancelSend(version)).rejects.toMatchObject({
    cause: { reason: 'SEND_NOT_CANCELLABLE' },
  })
  await expect(inbox.api.emails.process({ emailId: draft.emailId })).rejects.toMatchObject({
    cause: { reason: 'SEND_UNRESOLVED' },
  })
})

test('when the thread cannot be read, nothing is sent and nothing is given up', async () => {
  const inbox = await openInbox(app)
  const draft = await approve(inbox)
  inject(inbox, 'send', 'answerLost')
  using fault = inject(inbox, 'thread', 'dailyLimitExceeded', 2)
  for (let tries = 0; tries < 3; tries++) {
    expect(await inbox.draft(draft.id)).not.toMatchObject({ status: 'sent' })
    await app.drainDelayed()
  }
  expect(fault.hits).toBe(2)
  await app.drainDelayed()
  await expectSentOnce(inbox, draft)
  expect(inbox.requests('POST', paths.send)).toHaveLength(1)
})

test('while a mailbox waits for consent nothing goes out; once it is active again the approved reply does', async () => {
  const inbox = await openInbox(app)
  const draft = await approve(inbox)
  const setStatus = (status: 'active' | 'needs_reauth') =>
    app.db.updateTable('mailboxes').set({ status }).where('id', '=', inbox.mailboxId).execute()
  await setStatus('needs_reauth')
  await app.drainDelayed()
  await app.drainDelayed()
  expect(inbox.requests('POST', /drafts/)).toEqual([])
  expect(await inbox.draft(draft.id)).toMatchObject({ status: 'approved' })

  await setStatus('active')
  await app.drainDelayed()
  await expectSentOnce(inbox, draft)
})
