import { expect } from 'vitest'
import { faultMatrix } from '../../google-sandbox/sandbox.ts'
import { hookSteps } from '../../server/step.ts'
import type { Draft } from '../../shared-types/index.ts'
import type { TestApp } from './app.ts'
import type { Inbox } from './connected-inbox.ts'
import type { MailToWrite } from './mail.ts'

export const sendPaths = { create: /\/drafts$/, send: /\/drafts\/send$/, thread: /\/threads\/\w+$/ }

/** What names a draft in its present version. */
export const versionOf = ({ id, version }: Draft) => ({ draftId: id, version })

/** A yes to it as it stands, whatever it still asks. */
export const approvalOf = (draft: Draft) => ({ ...versionOf(draft), acceptOpenQuestions: true })

/** A draft that the owner has approved, and that is due. */
export async function approveNew(inbox: Inbox, mail?: MailToWrite): Promise<Draft> {
  return inbox.api.drafts.approve(approvalOf(await inbox.newDraft(mail)))
}

/** What is lost on the way to this mailbox. */
export function injectFault(
  app: TestApp,
  inbox: Inbox,
  call: keyof typeof sendPaths,
  kind: keyof typeof faultMatrix,
  times = 1,
) {
  const match = { method: call === 'thread' ? 'GET' : 'POST', path: sendPaths[call], email: inbox.owner.email }
  return app.google.inject({ match, times, kind: faultMatrix[kind] })
}

/** The state of the newest send. */
export async function stateOf(inbox: Inbox) {
  return (await inbox.outbox()).at(-1)?.state
}

/** Everything that left this mailbox while the test ran, with our header or without it. */
export async function outgoing(app: TestApp, inbox: Inbox) {
  const messages = await app.google.messages(inbox.owner.email)
  return messages.filter(({ labelIds }) => labelIds.includes('SENT'))
}

export async function expectSentOnce(inbox: Inbox, { id, emailId }: Draft): Promise<void> {
  expect(await inbox.sent()).toHaveLength(1)
  expect(await stateOf(inbox)).toBe('SENT')
  expect(await inbox.draft(id)).toMatchObject({ status: 'sent' })
  expect(await inbox.email(emailId)).toMatchObject({ status: 'sent' })
}

/** A send nobody can know about: its answer was lost, and Gmail shows neither mail nor draft for longer than the bound. */
export async function loseSend(app: TestApp, inbox: Inbox, draft: Draft): Promise<void> {
  injectFault(app, inbox, 'send', 'answerLost')
  app.google.delaySentVisibility(Infinity)
  await app.drainDelayed()
  app.clock.advance(11 * 60_000)
  await app.drainDelayed()
  expect(await stateOf(inbox)).toBe('UNKNOWN')
  expect(await inbox.draft(draft.id)).toMatchObject({ status: 'unknown' })
}

export interface GmailDraft {
  readonly id: string
  readonly raw: string
}

/** The oldest draft in this owner's Gmail. */
export async function draftIn(app: TestApp, { owner }: Inbox): Promise<GmailDraft> {
  const [draft] = await app.google.drafts(owner.email)
  const message = (await app.google.messages(owner.email)).find(({ id }) => id === draft?.messageId)
  if (!draft || !message) throw new Error('there is no draft')
  return { id: draft.id, raw: message.raw.toString() }
}

/** Does this to our draft in Gmail, once, just before it is read back. */
export function beforeReadBack(app: TestApp, inbox: Inbox, act: (draft: GmailDraft) => void | Promise<void>): void {
  let isDone = false
  hookSteps({
    async before(name) {
      if (name !== 'gmail-read-draft' || isDone) return
      isDone = true
      await act(await draftIn(app, inbox))
    },
  })
}
