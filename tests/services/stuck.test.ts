import { afterAll, afterEach, expect, test } from 'vitest'
import { faultMatrix } from '../../google-sandbox/sandbox.ts'
import { processEmail } from '../../server/agent/pipeline.ts'
import { UpstreamError } from '../../server/errors.ts'
import type { StoredGmailDraft } from '../../server/mail/fields.ts'
import type { Mailbox, MailSender } from '../../server/ports.ts'
import { syncMailbox } from '../../server/services/sync/mailbox-sync.ts'
import { workOnSend } from '../../server/services/sending/work-on-send.ts'
import { hookSteps } from '../../server/step.ts'
import { createTestApp } from '../support/app.ts'
import { openInbox, sweep } from '../support/connected-inbox.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => hookSteps(undefined))
const onlyStored = { autonomy: 'off', classifyOnSync: false } as const
const dayMs = 86_400_000
const signal = new AbortController().signal

test('a run that was interrupted a month ago still comes to its end', async () => {
  const inbox = await openInbox(app, onlyStored)
  const mail = await inbox.receive()
  const run = { userId: inbox.userId, traceId: (await inbox.api.emails.process({ emailId: mail.id })).traceId }
  hookSteps({
    before(name) {
      if (name === 'settle-run') throw new Error('power cut')
    },
  })
  await expect(processEmail(app.ctx, run, { isLastTry: false, signal })).rejects.toThrow('power cut')
  hookSteps(undefined)
  app.clock.advance(30 * dayMs)
  await processEmail(app.ctx, run, { isLastTry: false, signal })
  expect((await inbox.email(mail.id)).status).toBe('needs_review')
  app.clock.advance(-30 * dayMs)
})

test('an emoji where a text is cut does not break the run', async () => {
  const inbox = await openInbox(app, { notes: [{ text: `${'x'.repeat(59)}😀 more`, shareable: true }] })
  const yesterday = new Date(app.clock.now().getTime() - dayMs)
  await app.deliver(inbox.owner, { subject: 'Earlier drawings', text: `${'a '.repeat(1_999)}a😀😀😀`, at: yesterday })
  const mail = await inbox.receive({ subject: 'Two drawings', text: 'How much would two more drawings cost?' })
  await app.drainDelayed()
  expect(await inbox.email(mail.id)).toMatchObject({ status: 'needs_review', draft: { status: 'pending' } })
})

test('an import whose page Gmail does not know any more begins again', async () => {
  const owner = await app.newOwner()
  const { mailboxId } = await app.connect(owner)
  await app.deliver(owner)
  const page = { importPageToken: 'stale', importHistoryId: '1', importDone: 50 }
  await app.db.updateTable('mailboxes').set(page).where('id', '=', mailboxId).execute()
  const refuseStale: Mailbox['listMessages'] = (mailbox, wanted) =>
    wanted.pageToken === 'stale'
      ? Promise.reject(new UpstreamError('gmail', 'rejected', 'Gmail answered 400.'))
      : app.ctx.mailbox.listMessages(mailbox, wanted)
  const ctx = { ...app.ctx, mailbox: { ...app.ctx.mailbox, listMessages: refuseStale } }
  const sync = () => syncMailbox(ctx, { userId: owner.userId, mailboxId }, signal)
  await expect(sync()).rejects.toThrow('Gmail answered 400.')
  app.clock.advance(31_000)
  await sync()
  expect((await app.as(owner).emails.list({})).items).toHaveLength(1)
})

test('a refusal that says nothing final loses no mail', async () => {
  const inbox = await openInbox(app, onlyStored)
  for (const subject of ['one', 'two', 'three']) await app.deliver(inbox.owner, { subject })
  const fault = app.google.inject({
    match: { path: /messages\/\w+$/, email: inbox.owner.email },
    times: 9,
    kind: { status: 403, html: '<h1>Forbidden</h1>' },
  })
  await inbox.sync()
  fault[Symbol.dispose]()
  app.clock.advance(6 * 60_000)
  await sweep(app)
  expect(await inbox.emails()).toHaveLength(3)
})

test('what the owner’s organisation forbids to send is back in review, not tried for ever', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  await inbox.api.drafts.approve({ acceptOpenQuestions: true, draftId: draft.id, version: draft.version })
  const match = { method: 'POST', path: /drafts\/send$/, email: inbox.owner.email }
  using fault = app.google.inject({ match, times: 999, kind: faultMatrix.domainPolicy })
  for (let day = 0; day < 2; day++) {
    await app.drainDelayed()
    app.clock.advance(dayMs)
    await sweep(app)
  }
  expect(fault.hits).toBe(1)
  expect((await inbox.outbox()).map(({ state }) => state)).toEqual(['REJECTED'])
  expect((await inbox.email(draft.emailId)).status).toBe('needs_review')
})

test('without the right to make a draft the reply is back in review, with the reason', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  await inbox.api.drafts.approve({ acceptOpenQuestions: true, draftId: draft.id, version: draft.version })
  const match = { method: 'POST', path: /drafts$/, email: inbox.owner.email }
  using _fault = app.google.inject({ match, times: 999, kind: faultMatrix.insufficientPermissions })
  app.clock.advance(60_000)
  await app.drainDelayed()
  expect((await inbox.outbox()).map(({ state }) => state)).toEqual(['REJECTED'])
  expect((await inbox.email(draft.emailId)).status).toBe('needs_review')
})

test('a send whose first answer was lost is never called refused by a later one', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  await inbox.api.drafts.approve({ acceptOpenQuestions: true, draftId: draft.id, version: draft.version })
  app.clock.advance(60_000)
  const answers = [new UpstreamError('gmail', 'timeout', 'lost'), new UpstreamError('gmail', 'rejected', 'refused')]
  let approved: StoredGmailDraft | null = null
  const mailSender: MailSender = {
    ...app.ctx.mailSender,
    createGmailDraft(mailbox, draft, aborted) {
      approved = { ...draft, isAlone: false }
      return app.ctx.mailSender.createGmailDraft(mailbox, draft, aborted)
    },
    // Both views lag behind: the mail is on its way, and neither shows it.
    findSent: () => Promise.resolve(null),
    readGmailDraft: () => Promise.resolve(approved),
    sendGmailDraft: () => Promise.reject(answers.shift() ?? new UpstreamError('gmail', 'rejected', 'refused')),
  }
  const [entry] = await inbox.outbox()
  const dispatch = () =>
    workOnSend({ ...app.ctx, mailSender }, { userId: inbox.userId, outboxId: entry?.id ?? '' }, signal)
  await expect(dispatch()).rejects.toThrow('lost')
  await expect(dispatch()).rejects.toThrow('refused')
  expect((await inbox.outbox()).map(({ state }) => state)).toEqual(['SENDING'])
  app.clock.advance(dayMs)
  await dispatch()
  expect((await inbox.outbox()).map(({ state }) => state)).toEqual(['UNKNOWN'])
})

test('an edit while the agent works on the mail again is refused instead of lost', async () => {
  const inbox = await openInbox(app)
  const { id: draftId, version, emailId } = await inbox.newDraft()
  await inbox.api.emails.process({ emailId })
  const edit = inbox.api.drafts.edit({ draftId, version, body: 'My own words' })
  await expect(edit).rejects.toMatchObject({ cause: { reason: 'EMAIL_IN_PROGRESS' } })
})

test('a thread that strangers filled is answered in bounded size', async () => {
  const inbox = await openInbox(app, onlyStored)
  const { id, threadId } = await inbox.receive({ subject: 'Long' })
  await app.db
    .updateTable('emails')
    .set({ text: 'x'.repeat(400_000), html: 'y'.repeat(900_000) })
    .where('id', '=', id)
    .execute()
  const { messages } = await inbox.api.emails.thread({ threadId })
  expect(JSON.stringify(messages).length).toBeLessThan(60_000)
  expect((await inbox.api.emails.get({ emailId: id })).html).toHaveLength(900_000)
})
