import { sql } from 'kysely'
import { afterAll, afterEach, expect, test } from 'vitest'
import { hookSteps } from '../../../server/step.ts'
import type { Draft } from '../../../shared-types/index.ts'
import { createTestApp } from '../../support/app.ts'
import { type Inbox, openInbox } from '../../support/connected-inbox.ts'
import { refusal } from '../../support/refusals.ts'
import { approvalOf, versionOf } from '../../support/sending.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => hookSteps(undefined))

async function approve(inbox: Inbox, draft: Draft): Promise<void> {
  await inbox.api.drafts.approve(approvalOf(draft))
}

async function expectNothingOut(inbox: Inbox, draft: Draft): Promise<void> {
  await app.drainDelayed()
  await app.drainDelayed()
  expect(await inbox.sent()).toEqual([])
  expect(await app.google.drafts(inbox.owner.email)).toEqual([])
  expect(await inbox.draft(draft.id)).toMatchObject({ status: 'pending', sendAt: null })
  expect(await inbox.email(draft.emailId)).toMatchObject({ status: 'needs_review' })
}

test('a send cancelled in its undo window does not happen, and the draft can be approved again', async () => {
  const inbox = await openInbox(app, { undoWindowSeconds: 30 })
  const draft = await inbox.newDraft()
  await approve(inbox, draft)
  const cancelled = await inbox.api.drafts.cancelSend(versionOf(draft))
  expect(cancelled).toMatchObject({ status: 'pending', sendAt: null, version: draft.version })
  app.clock.advance(31_000)
  await expectNothingOut(inbox, draft)

  await approve(inbox, draft)
  app.clock.advance(31_000)
  await app.drainDelayed()
  expect(await inbox.sent()).toHaveLength(1)
  expect((await inbox.outbox()).map(({ state }) => state)).toEqual(['CANCELLED', 'SENT'])
})

test('what was cancelled may be written anew: only the new words go out', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  await approve(inbox, draft)
  await inbox.api.drafts.cancelSend(versionOf(draft))
  const edited = await inbox.api.drafts.edit({ ...versionOf(draft), body: 'Second thoughts.' })
  await approve(inbox, edited)
  await app.drainDelayed()

  const [sent, ...more] = await inbox.sent()
  expect(more).toEqual([])
  expect((await app.ctx.mime.parse(sent?.raw ?? Buffer.alloc(0))).mail?.text.trim()).toBe('Second thoughts.')
})

test('after the send there is nothing left to cancel', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  await approve(inbox, draft)
  await app.drainDelayed()
  await expect(inbox.api.drafts.cancelSend(versionOf(draft))).rejects.toMatchObject(refusal('SEND_NOT_CANCELLABLE'))
  expect(await inbox.draft(draft.id)).toMatchObject({ status: 'sent' })
})

test('neither is there before an approval, nor a second time', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  const cancel = () => inbox.api.drafts.cancelSend(versionOf(draft))
  await expect(cancel()).rejects.toMatchObject(refusal('SEND_NOT_CANCELLABLE'))
  await approve(inbox, draft)
  await cancel()
  await expect(cancel()).rejects.toMatchObject(refusal('SEND_NOT_CANCELLABLE'))
  await expectNothingOut(inbox, draft)
})

test('cancelling another version than the approved one cancels nothing', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  await approve(inbox, draft)
  await expect(inbox.api.drafts.cancelSend({ draftId: draft.id, version: draft.version + 1 })).rejects.toMatchObject(
    refusal('DRAFT_CHANGED'),
  )
  await app.drainDelayed()
  expect(await inbox.sent()).toHaveLength(1)
})

test.each(['claim-outbox', 'gmail-create-draft', 'note-gmail-draft', 'mark-sending'])(
  'a cancel that comes just before %s stops the send, and leaves no draft behind in Gmail',
  async (name) => {
    const inbox = await openInbox(app)
    const draft = await inbox.newDraft()
    await approve(inbox, draft)
    let isCancelled = false
    hookSteps({
      async before(current) {
        if (current !== name || isCancelled) return
        isCancelled = true
        await inbox.api.drafts.cancelSend(versionOf(draft))
      },
    })
    await app.drainDelayed()
    expect(isCancelled).toBe(true)
    await expectNothingOut(inbox, draft)
  },
)

test.each(['gmail-send-draft', 'settle-sent'])(
  'a cancel that comes just before %s is refused, and the mail goes out',
  async (name) => {
    const inbox = await openInbox(app)
    const draft = await inbox.newDraft()
    await approve(inbox, draft)
    let refused: unknown
    hookSteps({
      async before(current) {
        if (current === name)
          refused = await inbox.api.drafts.cancelSend(versionOf(draft)).catch((error: unknown) => error)
      },
    })
    await app.drainDelayed()
    expect(refused).toMatchObject(refusal('SEND_NOT_CANCELLABLE'))
    expect(await inbox.sent()).toHaveLength(1)
    expect(await inbox.draft(draft.id)).toMatchObject({ status: 'sent' })
  },
)

test.each([
  ['', false],
  [', even when the job of the next try was lost', true],
])('a cancel between two tries takes the Gmail draft of the first one away%s', async (_how, isLost) => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  await approve(inbox, draft)
  hookSteps({
    before(name) {
      if (name === 'mark-sending') throw new Error('the database is away')
    },
  })
  await app.drainDelayed()
  hookSteps(undefined)
  expect(await app.google.drafts(inbox.owner.email)).toHaveLength(1)
  if (isLost) await sql`delete from pgboss.job where data->>'userId' = ${inbox.userId}`.execute(app.db)

  await inbox.api.drafts.cancelSend(versionOf(draft))
  await expectNothingOut(inbox, draft)
})
