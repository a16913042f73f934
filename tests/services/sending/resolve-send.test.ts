import { afterAll, expect, test } from 'vitest'
import type { Draft } from '../../../shared-types/index.ts'
import { createTestApp } from '../../support/app.ts'
import { type Inbox, openInbox } from '../../support/connected-inbox.ts'
import { refusal } from '../../support/refusals.ts'
import { approveNew, injectFault, stateOf, versionOf } from '../../support/sending.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

const gmailDrafts = (inbox: Inbox) => app.google.drafts(inbox.owner.email)

/** Of unknown outcome, not sent, and its draft lies in Gmail: as when a worker hangs just before it sends. */
async function unknownWithDraft(): Promise<{ inbox: Inbox; draft: Draft; gmailDraftId: string }> {
  const inbox = await openInbox(app)
  const draft = await approveNew(inbox)
  using _send = injectFault(app, inbox, 'send', 'reset', 99)
  await app.drainDelayed()
  app.clock.advance(11 * 60_000)
  await app.drainDelayed()
  const [entry] = await inbox.outbox()
  expect(entry).toMatchObject({ state: 'UNKNOWN', gmailDraftId: expect.any(String) })
  return { inbox, draft, gmailDraftId: entry?.gmailDraftId ?? '' }
}

// Found by the search: npm run test:outbox-model -- --only resolved --schedule 10:stall,13:fail,18:fail,27:wake
test('a worker that hung before the send and wakes after the owner said “not sent” sends nothing', async () => {
  const { inbox, draft, gmailDraftId } = await unknownWithDraft()
  await inbox.api.drafts.resolveSend({ ...versionOf(draft), outcome: 'not_sent' })

  const { userId, mailboxId } = inbox
  await expect(app.ctx.mailSender.sendGmailDraft({ userId, mailboxId }, gmailDraftId)).rejects.toMatchObject({
    kind: 'not_found',
  })
  expect(await inbox.sent()).toEqual([])
  expect(await stateOf(inbox)).toBe('NOT_SENT')
})

test('while the draft cannot be deleted, nobody can say that it was not sent', async () => {
  const { inbox, draft } = await unknownWithDraft()
  const resolve = () => inbox.api.drafts.resolveSend({ ...versionOf(draft), outcome: 'not_sent' })
  const match = { method: 'DELETE', path: /\/drafts\//, email: inbox.owner.email }
  {
    using _fault = app.google.inject({ match, times: 99, kind: { status: 403, reason: 'domainPolicy' } })
    await expect(resolve()).rejects.toMatchObject(refusal('UPSTREAM_FAILED'))
  }
  expect(await stateOf(inbox)).toBe('UNKNOWN')
  expect((await inbox.draft(draft.id)).status).toBe('unknown')
  expect(await gmailDrafts(inbox)).toHaveLength(1)

  expect(await resolve()).toMatchObject({ status: 'pending' })
  expect(await gmailDrafts(inbox)).toEqual([])
})
