import { expect, test } from 'vitest'
import { startSandbox } from '../../../google-sandbox/sandbox.ts'
import type { Draft } from '../../../shared-types/index.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { type Inbox, openInbox, sweep } from '../../support/connected-inbox.ts'
import { failAt } from '../../support/crash.ts'
import {
  approveNew,
  injectFault,
  loseSend,
  outgoing,
  sendPaths,
  stateOf,
  approvalOf,
  versionOf,
} from '../../support/sending.ts'

/** The product with a Gmail that takes our header away when it sends, and gives the mail another Message-ID. */
async function openForgetful() {
  await using stack = new AsyncDisposableStack()
  const habits = { rewriteMessageId: true, dropHeaders: ['X-ReasonFlow-Outbox'] }
  const app = stack.use(await createTestApp({ google: stack.use(await startSandbox(habits)) }))
  const owned = stack.move()
  return { app, inbox: await openInbox(app), [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

async function expectSentOnce(app: TestApp, inbox: Inbox, { id, emailId }: Draft): Promise<void> {
  const mails = await outgoing(app, inbox)
  expect(mails).toHaveLength(1)
  expect(String(mails[0]?.raw)).not.toMatch(/^x-reasonflow-outbox:/im)
  expect(await inbox.outbox()).toMatchObject([{ state: 'SENT', gmailMessageId: mails[0]?.id }])
  expect(await inbox.draft(id)).toMatchObject({ status: 'sent' })
  expect(await inbox.email(emailId)).toMatchObject({ status: 'sent' })
  expect(inbox.requests('POST', sendPaths.send)).toHaveLength(1)
}

test('P9: a lost answer still makes one mail, whatever is in it', async () => {
  await using forgetful = await openForgetful()
  const { app, inbox } = forgetful
  const draft = await inbox.newDraft()
  const body = `Dear Ada,\n\n${'a long line that is folded on its way '.repeat(6)}\n> quoted\nFrom here on – “each”. 🦉\n\n\n  Mara\u200B`
  const edited = await inbox.api.drafts.edit({ ...versionOf(draft), body })
  await inbox.api.drafts.approve(approvalOf(edited))
  injectFault(app, inbox, 'send', 'answerLost')
  await app.drainDelayed()
  expect(await stateOf(inbox)).toBe('SENDING')
  await app.drainDelayed()
  await expectSentOnce(app, inbox, draft)
})

test('lines that are folded without being encoded are the same words', async () => {
  await using forgetful = await openForgetful()
  const { app, inbox } = forgetful
  const draft = await inbox.newDraft()
  const body = `${'plain words only and many of them '.repeat(9)}\n\nFrom: nobody\n> quoted\n\nMara`
  const edited = await inbox.api.drafts.edit({ ...versionOf(draft), body })
  await inbox.api.drafts.approve(approvalOf(edited))
  injectFault(app, inbox, 'send', 'answerLost')
  await app.drainDelayed()
  expect(await stateOf(inbox)).toBe('SENDING')
  await app.drainDelayed()
  await expectSentOnce(app, inbox, draft)
})

test('P11: a worker that dies after the send leaves one mail', async () => {
  await using forgetful = await openForgetful()
  const { app, inbox } = forgetful
  const draft = await approveNew(inbox)
  const death = { name: 'gmail-send-draft', moment: 'after', isFatal: true } as const
  expect(await failAt(death, () => app.drainDelayed())).toBe(true)
  app.clock.advance(61_000)
  await app.drainDelayed()
  await expectSentOnce(app, inbox, draft)
})

test('an own answer in other words is not taken for the reply, the reply is', async () => {
  await using forgetful = await openForgetful()
  const { app, inbox } = forgetful
  const messageId = '<asked@engine.example>'
  const draft = await approveNew(inbox, { messageId, subject: 'The engine' })
  await loseSend(app, inbox, draft)
  const byHand = { subject: 'Re: The engine', inReplyTo: messageId, text: 'I write myself.' }
  await app.deliver(inbox.owner, { direction: 'out', ...byHand })
  app.clock.advance(16 * 60_000)
  await sweep(app)
  expect(await stateOf(inbox)).toBe('UNKNOWN')

  app.google.delaySentVisibility(0)
  app.clock.advance(60 * 60_000)
  await sweep(app)
  expect(await stateOf(inbox)).toBe('SENT')
  expect(await outgoing(app, inbox)).toHaveLength(2)
  expect(inbox.requests('POST', sendPaths.send)).toHaveLength(1)
})
