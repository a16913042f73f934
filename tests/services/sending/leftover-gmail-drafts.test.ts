import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, expect, test } from 'vitest'
import { hookSteps } from '../../../server/step.ts'
import type { Draft } from '../../../shared-types/index.ts'
import { createTestApp } from '../../support/app.ts'
import { type Inbox, openInbox, sweep } from '../../support/connected-inbox.ts'
import { failAt } from '../../support/crash.ts'
import { approveNew, expectSentOnce, injectFault, stateOf, approvalOf } from '../../support/sending.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => hookSteps(undefined))

const hourMs = 3_600_000
const refOf = ({ userId, mailboxId }: Inbox) => ({ userId, mailboxId })
const draftIds = async (inbox: Inbox) => (await app.google.drafts(inbox.owner.email)).map(({ id }) => id)

/** The daily look through one mailbox, an hour and more after what was done before. */
async function deleteLeftoverGmailDrafts(inbox: Inbox): Promise<void> {
  app.clock.advance(1.1 * hourMs)
  await app.handlers['sweep-drafts']({
    id: 'test',
    payload: refOf(inbox),
    isLastTry: false,
    signal: new AbortController().signal,
  })
}

/** A draft as it could lie in Gmail: of this send, or of somebody else’s. */
async function leaveDraft(
  inbox: Inbox,
  { emailId, body, to, subject }: Draft,
  outboxId: string,
  changes: { text?: string; to?: Draft['to']; subject?: string } = {},
): Promise<string> {
  const mail = app.db.selectFrom('emails').where('id', '=', emailId).select(['threadId', 'messageId'])
  const { threadId, messageId } = await mail.executeTakeFirstOrThrow()
  const raw = await app.ctx.mime.compose({
    from: { name: '', address: inbox.owner.email },
    to: changes.to ?? to,
    cc: [],
    subject: changes.subject ?? subject,
    text: changes.text ?? body,
    inReplyTo: messageId,
    references: messageId === null ? [] : [messageId],
    outboxId,
    isAutomatic: false,
  })
  return app.ctx.mailSender.createGmailDraft(refOf(inbox), { threadId, raw })
}

test('the draft that a dead worker made and could not note is deleted once its send is settled', async () => {
  const inbox = await openInbox(app)
  const draft = await approveNew(inbox)
  await failAt({ name: 'gmail-create-draft', moment: 'after', isFatal: true }, () => app.drainDelayed())
  app.clock.advance(61_000)
  await app.drainDelayed()
  await expectSentOnce(inbox, draft)
  expect(await draftIds(inbox)).toHaveLength(1)

  await sweep(app)
  expect(await draftIds(inbox)).toHaveLength(1)
  app.clock.advance(25 * hourMs)
  await sweep(app)
  expect(await draftIds(inbox)).toEqual([])
})

test('the draft of a live send stays, one of the same send that is not noted goes', async () => {
  const inbox = await openInbox(app)
  const draft = await approveNew(inbox)
  injectFault(app, inbox, 'send', 'reset', 99)
  await app.drainDelayed()
  expect(await stateOf(inbox)).toBe('SENDING')
  const [noted] = await draftIds(inbox)
  const stray = await leaveDraft(inbox, draft, (await inbox.outbox())[0]?.id ?? '')
  expect(await draftIds(inbox)).toEqual([noted, stray])
  await deleteLeftoverGmailDrafts(inbox)
  expect(await draftIds(inbox)).toEqual([noted])
})

test('the owner’s own drafts stay, even where they once were ours', async () => {
  const inbox = await openInbox(app)
  const draft = await approveNew(inbox)
  await app.drainDelayed()
  const outboxId = (await inbox.outbox())[0]?.id ?? ''
  const own = await leaveDraft(inbox, draft, randomUUID())
  const rewritten = await leaveDraft(inbox, draft, outboxId, { text: `${draft.body}\n\nP.S. In my own words.` })
  const charles = { name: 'Charles', address: 'charles@engine.example' }
  const redirected = await leaveDraft(inbox, draft, outboxId, { to: [charles] })
  const retitled = await leaveDraft(inbox, draft, outboxId, { subject: 'Something else' })
  const odd = await leaveDraft(inbox, draft, 'not-an-id')
  const stray = await leaveDraft(inbox, draft, outboxId)
  await deleteLeftoverGmailDrafts(inbox)
  expect(await draftIds(inbox)).toEqual([own, rewritten, redirected, retitled, odd])
  expect([own, rewritten, redirected, retitled, odd]).not.toContain(stray)
})

test('another owner’s send names no draft of this one', async () => {
  const [inbox, other] = [await openInbox(app), await openInbox(app)]
  const draft = await inbox.newDraft()
  await approveNew(other)
  await app.drainDelayed()
  const foreign = await leaveDraft(inbox, draft, (await other.outbox())[0]?.id ?? '')
  await deleteLeftoverGmailDrafts(inbox)
  expect(await draftIds(inbox)).toEqual([foreign])
})

test('what was made within the hour is left alone', async () => {
  const inbox = await openInbox(app)
  const draft = await approveNew(inbox)
  await app.drainDelayed()
  const stray = await leaveDraft(inbox, draft, (await inbox.outbox())[0]?.id ?? '')
  // Back to the clock the drafts were made by.
  app.clock.advance(Date.now() - app.clock.now().getTime() - 1.1 * hourMs)
  await deleteLeftoverGmailDrafts(inbox)
  expect(await draftIds(inbox)).toEqual([stray])
})

test('a mailbox is swept once a day while it is active, and not before anything was sent from it', async () => {
  const inbox = await openInbox(app)
  const lists = () => inbox.requests('GET', /\/drafts$/).length
  app.clock.advance(25 * hourMs)
  await sweep(app)
  expect(lists()).toBe(0)
  const draft = await inbox.newDraft()
  await inbox.api.drafts.approve(approvalOf(draft))
  await app.drainDelayed()
  for (let hours = 0; hours < 48; hours += 6) {
    await sweep(app)
    app.clock.advance(6 * hourMs)
  }
  expect(lists()).toBe(2)
  await app.db.updateTable('mailboxes').set({ status: 'needs_reauth' }).where('id', '=', inbox.mailboxId).execute()
  app.clock.advance(25 * hourMs)
  await sweep(app)
  expect(lists()).toBe(2)
})
