import { afterAll, afterEach, expect, test } from 'vitest'
import { hookSteps } from '../../../server/step.ts'
import type { Draft } from '../../../shared-types/index.ts'
import { createTestApp } from '../../support/app.ts'
import { type Inbox, openInbox, sweep } from '../../support/connected-inbox.ts'
import {
  approveNew,
  expectSentOnce,
  injectFault,
  sendPaths,
  stateOf,
  approvalOf,
  versionOf,
} from '../../support/sending.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => hookSteps(undefined))

const refOf = ({ userId, mailboxId }: Inbox) => ({ userId, mailboxId })
const gmailDrafts = (inbox: Inbox) => app.google.drafts(inbox.owner.email)

/** Does this once, just before that step. */
function before(name: string, act: () => Promise<void>): void {
  let isDone = false
  hookSteps({
    async before(current) {
      if (current !== name || isDone) return
      isDone = true
      await act()
    },
  })
}

async function deleteDrafts(inbox: Inbox): Promise<void> {
  for (const { id } of await gmailDrafts(inbox)) await app.ctx.mailSender.deleteGmailDraft(refOf(inbox), id)
}

/** As Gmail's page does it: another draft takes the place of the first, in the same thread, without headers of ours. */
async function editInGmail(inbox: Inbox): Promise<void> {
  for (const { id, messageId, threadId } of await gmailDrafts(inbox)) {
    const message = (await app.google.messages(inbox.owner.email)).find((message) => message.id === messageId)
    const raw = String(message?.raw).replace(/^x-reasonflow-outbox:.*\r\n/im, '')
    await app.ctx.mailSender.deleteGmailDraft(refOf(inbox), id)
    await app.ctx.mailSender.createGmailDraft(refOf(inbox), { threadId, raw: Buffer.from(raw) })
  }
}

async function expectAsked(inbox: Inbox, draft: Draft): Promise<void> {
  app.clock.advance(11 * 60_000)
  await app.drainDelayed()
  expect(await stateOf(inbox)).toBe('UNKNOWN')
  expect(await inbox.draft(draft.id)).toMatchObject({ status: 'unknown' })
  expect((await inbox.email(draft.emailId)).status).toBe('needs_review')
  expect(await inbox.sent()).toEqual([])
}

test.each(['mark-sending', 'gmail-send-draft'])(
  'the owner deletes the draft in Gmail just before %s: nothing goes out by itself, and they are asked',
  async (name) => {
    const inbox = await openInbox(app)
    const draft = await approveNew(inbox)
    before(name, () => deleteDrafts(inbox))
    await app.drainDelayed()
    await expectAsked(inbox, draft)

    await inbox.api.drafts.resolveSend({ ...versionOf(draft), outcome: 'not_sent' })
    await inbox.api.drafts.approve(approvalOf(draft))
    await app.drainDelayed()
    await expectSentOnce(inbox, draft)
    expect(await gmailDrafts(inbox)).toEqual([])
  },
)

test.each(['mark-sending', 'gmail-send-draft'])(
  'the owner edits the draft in Gmail just before %s: their words stay theirs, and they are asked',
  async (name) => {
    const inbox = await openInbox(app)
    const draft = await approveNew(inbox)
    before(name, () => editInGmail(inbox))
    await app.drainDelayed()
    await expectAsked(inbox, draft)
    const [own] = await gmailDrafts(inbox)

    await inbox.api.drafts.resolveSend({ ...versionOf(draft), outcome: 'not_sent' })
    app.clock.advance(26 * 3_600_000)
    await sweep(app)
    expect(await gmailDrafts(inbox)).toEqual([own])
  },
)

test('the owner sends the draft from Gmail before we do: it is found, and not sent again', async () => {
  const inbox = await openInbox(app)
  const draft = await approveNew(inbox)
  before('gmail-send-draft', async () => {
    for (const { id } of await gmailDrafts(inbox)) await app.ctx.mailSender.sendGmailDraft(refOf(inbox), id)
  })
  await app.drainDelayed()
  expect(await stateOf(inbox)).toBe('SENDING')
  await app.drainDelayed()
  await expectSentOnce(inbox, draft)
})

test('the owner deletes the draft of a send whose answer was lost: it is never called sent', async () => {
  const inbox = await openInbox(app)
  const draft = await approveNew(inbox)
  injectFault(app, inbox, 'send', 'reset')
  await app.drainDelayed()
  await deleteDrafts(inbox)
  await expectAsked(inbox, draft)
  expect(inbox.requests('POST', sendPaths.send)).toHaveLength(1)
})

test.each(['gmail-create-draft', 'gmail-send-draft'])(
  'the owner revokes access just before %s: nothing is lost, nothing goes out twice',
  async (name) => {
    const inbox = await openInbox(app)
    const draft = await approveNew(inbox)
    before(name, () => app.google.revokeGrants(inbox.owner.email))
    await app.drainDelayed()
    expect((await inbox.mailbox()).status).toBe('needs_reauth')
    expect(await inbox.sent()).toEqual([])
    const isBegun = name === 'gmail-send-draft'
    expect(await stateOf(inbox)).toBe(isBegun ? 'SENDING' : 'READY')

    await app.reconnect(inbox.owner)
    app.clock.advance(6 * 60_000)
    await app.drainDelayed()
    await expectSentOnce(inbox, draft)
    expect(await gmailDrafts(inbox)).toEqual([])
  },
)

test('access that is never given back: the send is asked about, and what shows itself after a new consent settles it', async () => {
  const inbox = await openInbox(app)
  const draft = await approveNew(inbox)
  injectFault(app, inbox, 'send', 'answerLost')
  await app.drainDelayed()
  await app.google.revokeGrants(inbox.owner.email)
  app.clock.advance(11 * 60_000)
  await app.drainDelayed()
  expect(await stateOf(inbox)).toBe('UNKNOWN')

  await app.reconnect(inbox.owner)
  app.clock.advance(30 * 60_000)
  await sweep(app)
  await expectSentOnce(inbox, draft)
})

test('an approval whose words were changed between the last look and the send does not let them out', async () => {
  const inbox = await openInbox(app)
  const draft = await approveNew(inbox)
  before('mark-sending', async () => {
    await app.db
      .updateTable('draftVersions')
      .set({ contentHash: Buffer.alloc(32) })
      .where('userId', '=', inbox.userId)
      .where('draftId', '=', draft.id)
      .execute()
  })
  await app.drainDelayed()
  await app.drainDelayed()
  expect(await inbox.sent()).toEqual([])
  expect(await stateOf(inbox)).not.toBe('SENDING')
})

test('an approved reply to a mail that the owner deletes in Gmail is called off, and they are told', async () => {
  const inbox = await openInbox(app, { undoWindowSeconds: 30 })
  const draft = await approveNew(inbox)
  const { gmailId } = await app.db
    .selectFrom('emails')
    .where('id', '=', draft.emailId)
    .select('gmailId')
    .executeTakeFirstOrThrow()
  app.google.byHand(inbox.owner.email).delete(gmailId)
  await inbox.sync()
  expect(await inbox.notifications()).toEqual(['draft_ready', 'draft_superseded'])
  app.clock.advance(31_000)
  await app.drainDelayed()
  expect(await inbox.sent()).toEqual([])
  expect(inbox.requests('POST', sendPaths.send)).toEqual([])
})
