import { afterAll, afterEach, expect, test } from 'vitest'
import { workOnSend } from '../../../server/services/sending/work-on-send.ts'
import { hookSteps } from '../../../server/step.ts'
import type { Draft } from '../../../shared-types/index.ts'
import { createTestApp } from '../../support/app.ts'
import { type Inbox, openInbox, sweep } from '../../support/connected-inbox.ts'
import { refusal } from '../../support/refusals.ts'
import {
  approveNew,
  expectSentOnce,
  injectFault,
  loseSend,
  sendPaths,
  stateOf,
  approvalOf,
  versionOf,
} from '../../support/sending.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => {
  hookSteps(undefined)
  app.google.delaySentVisibility(0)
})

const gmailDrafts = (inbox: Inbox) => app.google.drafts(inbox.owner.email)

/** One try of one send, and nothing else. */
async function dispatch(inbox: Inbox, outboxId: string): Promise<void> {
  await workOnSend(app.ctx, { userId: inbox.userId, outboxId }, new AbortController().signal)
}

/** A send whose fate nobody knows, and that went out. */
async function unknownButSent(): Promise<{ inbox: Inbox; draft: Draft }> {
  const inbox = await openInbox(app)
  const draft = await approveNew(inbox)
  await loseSend(app, inbox, draft)
  return { inbox, draft }
}

/** A send whose fate nobody knows, and that did not go out: its draft still lies in Gmail. */
async function unknownAndUnsent(): Promise<{ inbox: Inbox; draft: Draft }> {
  const inbox = await openInbox(app)
  const draft = await approveNew(inbox)
  using _send = injectFault(app, inbox, 'send', 'reset', 99)
  await app.drainDelayed()
  app.clock.advance(11 * 60_000)
  await app.drainDelayed()
  expect(await stateOf(inbox)).toBe('UNKNOWN')
  expect(await gmailDrafts(inbox)).toHaveLength(1)
  return { inbox, draft }
}

test('a send nobody can know about is asked of the owner after ten minutes, with both possibilities', async () => {
  const inbox = await openInbox(app)
  const draft = await approveNew(inbox)
  injectFault(app, inbox, 'send', 'answerLost')
  app.google.delaySentVisibility(Infinity)
  await app.drainDelayed()
  app.clock.advance(9 * 60_000)
  await app.drainDelayed()
  expect(await stateOf(inbox)).toBe('SENDING')
  app.clock.advance(2 * 60_000)
  await app.drainDelayed()

  expect(await stateOf(inbox)).toBe('UNKNOWN')
  const { status, reasons } = await inbox.email(draft.emailId)
  expect(status).toBe('needs_review')
  expect(reasons.map(({ code }) => code)).toEqual(['SEND_UNKNOWN', 'SEND_UNKNOWN_IF_FOUND', 'SEND_UNKNOWN_IF_MISSING'])
  expect(reasons.map(({ text }) => text)).toEqual([
    expect.stringContaining('not known whether your reply went out'),
    expect.stringMatching(
      /Look into Gmail, at the conversation “Re: .*”.*reply to ada@engine.example is there, it was sent/,
    ),
    expect.stringMatching(/only among the drafts, it was not sent/),
  ])
  const shown = await inbox.draft(draft.id)
  expect(shown.status).toBe('unknown')
  expect(shown).toMatchObject({ sendReasons: reasons, reasons: draft.reasons })
  expect(await inbox.notifications()).toEqual(['draft_ready', 'send_unknown'])
})

test('while a send is unknown it is neither repeated, approved, cancelled nor worked on anew', async () => {
  const { inbox, draft } = await unknownAndUnsent()
  for (let minutes = 0; minutes < 60; minutes += 20) {
    app.clock.advance(20 * 60_000)
    await sweep(app)
  }
  const sends = inbox.requests('POST', sendPaths.send).length
  app.clock.advance(24 * 3_600_000)
  await sweep(app)
  expect(inbox.requests('POST', sendPaths.send)).toHaveLength(sends)
  expect(await inbox.sent()).toEqual([])
  const { drafts, emails } = inbox.api
  await expect(drafts.approve(approvalOf(draft))).rejects.toMatchObject(refusal('DRAFT_NOT_PENDING'))
  await expect(drafts.cancelSend(versionOf(draft))).rejects.toMatchObject(refusal('SEND_NOT_CANCELLABLE'))
  await expect(emails.process({ emailId: draft.emailId })).rejects.toMatchObject(refusal('SEND_UNRESOLVED'))
})

test('the owner found it in Gmail: it is sent, and no draft stays that could go out again', async () => {
  const { inbox, draft } = await unknownAndUnsent()
  const resolved = await inbox.api.drafts.resolveSend({ ...versionOf(draft), outcome: 'sent' })
  expect(resolved).toMatchObject({ status: 'sent', sendAt: null, sendReasons: [], reasons: draft.reasons })
  expect(await inbox.email(draft.emailId)).toMatchObject({
    status: 'sent',
    reasons: [{ code: 'OWNER_FOUND_SENT', text: 'You found your reply in Gmail.' }],
  })
  expect(await stateOf(inbox)).toBe('SENT')
  await app.drainDelayed()
  expect(await gmailDrafts(inbox)).toEqual([])
  const [contact] = await app.db.selectFrom('contacts').where('userId', '=', inbox.userId).selectAll().execute()
  expect(contact?.lastContactedAt).not.toBeNull()
})

test('the owner did not find it: its draft is gone, and the reply can be approved again and goes out once', async () => {
  const { inbox, draft } = await unknownAndUnsent()
  const resolved = await inbox.api.drafts.resolveSend({ ...versionOf(draft), outcome: 'not_sent' })
  expect(resolved).toMatchObject({
    status: 'pending',
    version: draft.version,
    sendAt: null,
    sendReasons: [],
    reasons: draft.reasons,
  })
  expect((await inbox.email(draft.emailId)).status).toBe('needs_review')
  await app.drainDelayed()
  expect(await gmailDrafts(inbox)).toEqual([])

  await inbox.api.drafts.approve(approvalOf(draft))
  await app.drainDelayed()
  await expectSentOnce(inbox, draft)
  expect((await inbox.outbox()).map(({ state }) => state)).toEqual(['NOT_SENT', 'SENT'])
})

test('approved again at once, the old draft is deleted before the new one is sent', async () => {
  const { inbox, draft } = await unknownAndUnsent()
  await inbox.api.drafts.resolveSend({ ...versionOf(draft), outcome: 'not_sent' })
  const edited = await inbox.api.drafts.edit({ ...versionOf(draft), body: 'Once more.' })
  await inbox.api.drafts.approve(approvalOf(edited))
  // The job that tidies up is lost, and only the one that sends is left.
  const [old, renewed] = await inbox.outbox()
  const before = inbox.requests('DELETE', /\/drafts\//).length
  hookSteps({
    async before(name) {
      if (name !== 'gmail-send-draft') return
      const left = (await gmailDrafts(inbox)).map(({ id }) => id)
      expect(left).not.toContain(old?.gmailDraftId)
    },
  })
  await dispatch(inbox, renewed?.id ?? '')
  expect(inbox.requests('DELETE', /\/drafts\//).length).toBe(before + 1)
  await expectSentOnce(inbox, draft)
})

test('while the old draft cannot be deleted, nothing else goes out', async () => {
  const { inbox, draft } = await unknownAndUnsent()
  await inbox.api.drafts.resolveSend({ ...versionOf(draft), outcome: 'not_sent' })
  await inbox.api.drafts.approve(approvalOf(draft))
  const match = { method: 'DELETE', path: /\/drafts\//, email: inbox.owner.email }
  const fault = app.google.inject({ match, times: 99, kind: { status: 403, reason: 'domainPolicy' } })
  await app.drainDelayed()
  await app.drainDelayed()
  expect(await inbox.sent()).toEqual([])
  expect(await stateOf(inbox)).toBe('READY')
  fault[Symbol.dispose]()
  await app.drainDelayed()
  await expectSentOnce(inbox, draft)
})

test('a reply that shows itself late settles the doubt, unless the owner has', async () => {
  const { inbox, draft } = await unknownButSent()
  app.google.delaySentVisibility(0)
  app.clock.advance(16 * 60_000)
  await sweep(app)
  await expectSentOnce(inbox, draft)
  const text = expect.stringContaining('Your reply went out')
  expect((await inbox.email(draft.emailId)).reasons).toEqual([{ code: 'SEND_FOUND', text }])
  expect((await inbox.draft(draft.id)).reasons).toEqual(draft.reasons)
  expect(await inbox.notifications()).toEqual(['draft_ready', 'send_unknown', 'send_found'])
  const resolving = inbox.api.drafts.resolveSend({ ...versionOf(draft), outcome: 'not_sent' })
  await expect(resolving).rejects.toMatchObject(refusal('SEND_NOT_UNKNOWN'))
})

test('the next sync that sees it settles the doubt at once', async () => {
  const { inbox, draft } = await unknownButSent()
  app.google.delaySentVisibility(0)
  const looks = inbox.requests('GET', sendPaths.thread).length
  await inbox.sync()
  expect(inbox.requests('GET', sendPaths.thread).length).toBe(looks + 1)
  await expectSentOnce(inbox, draft)
})

test('an unknown send is looked for ever more rarely, and no more after a month', async () => {
  const { inbox } = await unknownAndUnsent()
  const pausesMinutes: number[] = []
  for (let [entry] = await inbox.outbox(); entry?.retryAt; [entry] = await inbox.outbox()) {
    const pauseMs = new Date(entry.retryAt).getTime() - app.clock.now().getTime()
    pausesMinutes.push(Math.round(pauseMs / 60_000))
    app.clock.advance(pauseMs + 1_000)
    await dispatch(inbox, entry.id)
  }
  expect(pausesMinutes.slice(0, 3)).toEqual([15, 26, 52])
  expect(pausesMinutes.length).toBeLessThanOrEqual(12)
  expect(pausesMinutes.reduce((sum, pause) => sum + pause, 0)).toBeGreaterThan(30 * 24 * 60)
  const looks = inbox.requests('GET', sendPaths.thread).length
  await sweep(app)
  expect(inbox.requests('GET', sendPaths.thread)).toHaveLength(looks)
})

test('the owner says not sent while it was: when it shows itself before the next one goes out, that one does not', async () => {
  const { inbox, draft } = await unknownButSent()
  await inbox.api.drafts.resolveSend({ ...versionOf(draft), outcome: 'not_sent' })
  await inbox.api.drafts.approve(approvalOf(draft))
  app.google.delaySentVisibility(0)
  await app.drainDelayed()
  expect(await inbox.sent()).toHaveLength(1)
  expect((await inbox.outbox()).map(({ state }) => state)).toEqual(['NOT_SENT', 'CANCELLED'])
  const { status, reasons } = await inbox.email(draft.emailId)
  expect({ status, reasons }).toEqual({
    status: 'needs_review',
    reasons: [{ code: 'EARLIER_REPLY_SENT', text: expect.stringContaining('Your earlier reply was sent after all') }],
  })
})

test('only a doubt can be settled, and only in the version it is about', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  const resolve = (version: number) => inbox.api.drafts.resolveSend({ draftId: draft.id, version, outcome: 'sent' })
  await expect(resolve(draft.version)).rejects.toMatchObject(refusal('SEND_NOT_UNKNOWN'))
  await expect(resolve(draft.version + 1)).rejects.toMatchObject(refusal('DRAFT_CHANGED'))
  await inbox.api.drafts.approve(approvalOf(draft))
  await expect(resolve(draft.version)).rejects.toMatchObject(refusal('SEND_NOT_UNKNOWN'))
  await app.drainDelayed()
  await expectSentOnce(inbox, draft)
})
