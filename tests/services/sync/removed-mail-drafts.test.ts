import { afterAll, afterEach, expect, test } from 'vitest'
import { faultMatrix } from '../../../google-sandbox/sandbox.ts'
import { hookSteps } from '../../../server/step.ts'
import { createTestApp } from '../../support/app.ts'
import { type Inbox, openInbox } from '../../support/connected-inbox.ts'
import { storedMail } from '../../support/mailbox-rows.ts'
import { approveNew, draftIn, versionOf } from '../../support/sending.ts'
import { gmailDrafts } from '../../support/thread-mail.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => hookSteps(undefined))

const byHand = ({ owner }: Inbox) => app.google.byHand(owner.email)

/** An approved reply whose Gmail draft is made, and of which nothing was sent yet. */
async function withWaitingDraft(inbox: Inbox) {
  const draft = await approveNew(inbox, { subject: 'Plans & prices, “two” 🙂' })
  hookSteps({
    before(name) {
      if (name === 'mark-sending') throw new Error('the database is away')
    },
  })
  await app.drainDelayed()
  hookSteps(undefined)
  expect(await inbox.outbox()).toMatchObject([{ state: 'READY' }])
  const { threadId } = await inbox.email(draft.emailId)
  return { ...(await draftIn(app, inbox)), threadId, version: versionOf(draft) }
}

/** The mail is deleted in Gmail, and the mailbox synced; all that follows from it is done. */
async function deleteMail(inbox: Inbox, gmailId?: string): Promise<void> {
  byHand(inbox).delete(gmailId ?? (await gmailIdOf(inbox)))
  await inbox.sync()
  await app.drainDelayed()
  expect(await inbox.outbox()).toEqual([])
}

async function gmailIdOf(inbox: Inbox): Promise<string> {
  const [gmailId, another] = (await storedMail(app, inbox)).keys()
  if (!gmailId || another) throw new Error('there is not one mail')
  return gmailId
}

test('a mail that is deleted in Gmail leaves no draft of its approved reply behind', async () => {
  const inbox = await openInbox(app)
  await withWaitingDraft(inbox)
  await deleteMail(inbox)
  expect(await gmailDrafts(app, inbox)).toEqual([])
  expect(await inbox.sent()).toEqual([])
})

test('nor does one whose send the owner cancelled a moment before', async () => {
  const inbox = await openInbox(app)
  const { version } = await withWaitingDraft(inbox)
  await inbox.api.drafts.cancelSend(version)
  await deleteMail(inbox)
  expect(await gmailDrafts(app, inbox)).toEqual([])
})

test('what Gmail fails to delete at first is deleted all the same, and what is gone already is no failure', async () => {
  const inbox = await openInbox(app)
  await withWaitingDraft(inbox)
  const match = { method: 'DELETE', path: /\/drafts\/\w+$/, email: inbox.owner.email }
  const failure = app.google.inject({ match, kind: faultMatrix.unavailable, times: 4 })
  await deleteMail(inbox)
  while ((await app.drainDelayed()) > 0);
  expect(failure.hits).toBe(4)
  expect(await gmailDrafts(app, inbox)).toEqual([])

  const other = await openInbox(app)
  const { id } = await withWaitingDraft(other)
  byHand(other).discardDraft(id)
  await deleteMail(other)
  expect(await app.ctx.jobs.deadLetters(10)).toEqual([])
})

const withOther = (raw: string, name: string, value: string) =>
  raw.replace(new RegExp(`^${name}: .*(?:\\r\\n[ \\t].*)*`, 'im'), `${name}: ${value}`)

test.each<[what: string, change: (raw: string) => string]>([
  ['other words', (raw) => raw.replaceAll(/(Content-Type: text\/plain[^\r]*\r\n(?:[^\r]+\r\n)*\r\n)/gi, '$1Not now. ')],
  ['other words in the HTML alone', (raw) => raw.replace(/<body>/i, '<body><p>Not now.</p>')],
  ['another recipient', (raw) => withOther(raw, 'To', 'Ada Byron <ada@engine.example.org>')],
  ['another subject', (raw) => withOther(raw, 'Subject', 'Another one')],
  ['another mail that it answers', (raw) => withOther(raw, 'In-Reply-To', '<other@engine.example>')],
  ['somebody in copy', (raw) => `Cc: bob@engine.example\r\n${raw}`],
  ['our mark taken off', (raw) => raw.replace(/^x-reasonflow-outbox:.*\r\n/im, '')],
])('a draft that the owner gave %s stays when the mail is deleted', async (_what, change) => {
  const inbox = await openInbox(app)
  const { id, raw, threadId } = await withWaitingDraft(inbox)
  const changed = change(raw)
  expect(changed).not.toBe(raw)
  byHand(inbox).changeDraft(id, changed, threadId)
  await deleteMail(inbox)
  expect(await gmailDrafts(app, inbox)).toMatchObject([{ id }])
})

test('a draft that the owner moved to another conversation stays as well', async () => {
  const inbox = await openInbox(app)
  const { id, raw } = await withWaitingDraft(inbox)
  const mail = await gmailIdOf(inbox)
  const other = await app.deliver(inbox.owner, { direction: 'out', subject: 'Something else' })
  byHand(inbox).changeDraft(id, raw, other.threadId)
  await deleteMail(inbox, mail)
  expect(await gmailDrafts(app, inbox)).toMatchObject([{ id }])
})

test('of a mail whose reply was sent Gmail is asked for no draft', async () => {
  const inbox = await openInbox(app)
  await approveNew(inbox)
  await app.drainDelayed()
  const drafts = inbox.requests('GET', /\/drafts\/\w+$/).length
  await deleteMail(inbox)
  expect(inbox.requests('GET', /\/drafts\/\w+$/)).toHaveLength(drafts)
  expect(inbox.requests('DELETE', /./)).toEqual([])
})
