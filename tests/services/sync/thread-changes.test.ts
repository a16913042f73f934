import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { withdrawEmails } from '../../../server/services/sync/thread-changes.ts'
import { hookSteps } from '../../../server/step.ts'
import { createTestApp } from '../../support/app.ts'
import { openInbox } from '../../support/connected-inbox.ts'
import { newMailboxRow } from '../../support/rows.ts'
import { createScriptedModel } from '../../support/scripted-model.ts'
import { arrive, gmailDrafts, newThread, standingOf } from '../../support/thread-mail.ts'

const model = createScriptedModel()
const app = await createTestApp({ ports: model.ports })
afterAll(() => app[Symbol.asyncDispose]())
beforeEach(() => model.reset())
afterEach(() => hookSteps(undefined))

const answered = {
  email: 'no_reply',
  draft: 'superseded',
  reasons: [{ code: 'ANSWERED_IN_GMAIL', text: 'You answered this in Gmail.' }],
}
const removed = { code: 'REMOVED', text: 'You removed this message in Gmail.' } as const
const open = { email: 'needs_review', draft: 'pending' }

test('an answer the owner wrote in Gmail closes the open draft by itself', async () => {
  const inbox = await openInbox(app)
  const { draft, threadId } = await newThread(app, inbox)
  await arrive(app, inbox, { threadId, direction: 'out' })
  expect(await standingOf(inbox, draft)).toEqual(answered)
  expect(await inbox.notifications()).toEqual(['draft_ready'])
})

test('the sync that brings the answer closes the draft, and a reply of our own closes nothing', async () => {
  const inbox = await openInbox(app)
  const subject = 'Two drawings'
  const mine = await inbox.newDraft({ subject, messageId: '<one@engine.example>' })
  const sentHere = await inbox.newDraft({ subject: 'Three drawings' })
  await inbox.api.drafts.approve({ acceptOpenQuestions: true, draftId: sentHere.id, version: sentHere.version })
  await app.drainDelayed()
  await inbox.sync()
  expect(await standingOf(inbox, sentHere)).toMatchObject({ email: 'sent', draft: 'sent' })
  expect(await standingOf(inbox, mine)).toMatchObject(open)

  await app.deliver(inbox.owner, { direction: 'out', subject: `Re: ${subject}`, inReplyTo: '<one@engine.example>' })
  await inbox.sync()
  expect(await standingOf(inbox, mine)).toEqual(answered)
})

test('what somebody else answers to the very mail closes its draft', async () => {
  const inbox = await openInbox(app)
  const { draft, threadId } = await newThread(app, inbox)
  const { messageId } = await app.db
    .selectFrom('emails')
    .where('id', '=', draft.emailId)
    .select('messageId')
    .executeTakeFirstOrThrow()
  const from = { name: 'Bob', address: 'bob@studio.example' }
  const to = [{ name: 'Ada', address: 'ada@engine.example' }]
  const answer = { threadId, from, to, inReplyTo: messageId, text: 'They are 80 euros each.' }
  await arrive(app, inbox, { ...answer, freshText: 'I would like to know, too. What do they cost?' })
  expect(await standingOf(inbox, draft)).toMatchObject(open)
  await arrive(app, inbox, { ...answer, freshText: answer.text })
  expect(await standingOf(inbox, draft)).toEqual({
    ...answered,
    reasons: [{ code: 'ANSWERED_BY_OTHER', text: 'Bob has answered this.' }],
  })
})

test.each([
  ['a newer message of the same person', {}],
  ['an out-of-office notice', { headers: { 'auto-submitted': 'auto-replied' } }],
  ['a bounce', { headers: { 'return-path': '<>' } }],
  ['a message its sender could not read', { from: { name: 'Bob', address: 'bob@studio.example' } }],
  ['what the owner wrote to somebody else', { direction: 'out', to: [{ name: 'Bob', address: 'bob@studio.example' }] }],
  ['an older message that comes late', { receivedAt: new Date(Date.now() - 3_600_000) }],
  ['an older answer of the owner that comes late', { direction: 'out', receivedAt: new Date(Date.now() - 3_600_000) }],
] as const)('%s leaves the draft open', async (_name, mail) => {
  const inbox = await openInbox(app)
  const { draft, threadId } = await newThread(app, inbox)
  await arrive(app, inbox, { threadId, ...mail })
  expect(await standingOf(inbox, draft)).toMatchObject(open)
})

test('a thread of the same name in another mailbox is another thread', async () => {
  const inbox = await openInbox(app)
  const { draft, threadId } = await newThread(app, inbox)
  const mailboxId = await newMailboxRow(app.db, inbox.userId)
  await arrive(app, { ...inbox, mailboxId }, { threadId, direction: 'out' })
  expect(await standingOf(inbox, draft)).toMatchObject(open)
})

test('an approved reply whose thread the owner answered is called off, and the owner is told', async () => {
  const inbox = await openInbox(app, { undoWindowSeconds: 30 })
  const { threadId, draft, version } = await newThread(app, inbox)
  await inbox.api.drafts.approve({ ...version, acceptOpenQuestions: true })
  await arrive(app, inbox, { threadId, direction: 'out' })
  expect(await standingOf(inbox, draft)).toEqual(answered)
  expect(await inbox.outbox()).toMatchObject([{ state: 'CANCELLED' }])
  expect(await inbox.notifications()).toEqual(['draft_ready', 'draft_superseded'])

  app.clock.advance(31_000)
  await app.drainDelayed()
  expect(await inbox.sent()).toEqual([])
})

test('a send called off between two tries leaves no draft behind in Gmail', async () => {
  const inbox = await openInbox(app)
  const { threadId, draft, version } = await newThread(app, inbox)
  await inbox.api.drafts.approve({ ...version, acceptOpenQuestions: true })
  hookSteps({
    before(name) {
      if (name === 'mark-sending') throw new Error('the database is away')
    },
  })
  await app.drainDelayed()
  hookSteps(undefined)
  expect(await gmailDrafts(app, inbox)).toHaveLength(1)

  await arrive(app, inbox, { threadId, direction: 'out' })
  await app.drainDelayed()
  expect(await gmailDrafts(app, inbox)).toEqual([])
  expect(await standingOf(inbox, draft)).toEqual(answered)
})

test('a send that has begun is left to its protocol, whatever comes into the thread', async () => {
  const inbox = await openInbox(app)
  const { threadId, draft, version } = await newThread(app, inbox)
  await inbox.api.drafts.approve({ ...version, acceptOpenQuestions: true })
  app.google.inject({ match: { path: /\/drafts\/send$/, email: inbox.owner.email }, kind: 'answer-lost' })
  await app.drainDelayed()
  await arrive(app, inbox, { threadId })
  await arrive(app, inbox, { threadId, direction: 'out' })
  expect(await standingOf(inbox, draft)).toMatchObject({ email: 'approved', draft: 'sending' })
  expect(await inbox.outbox()).toMatchObject([{ state: 'SENDING' }])

  await app.drainDelayed()
  expect(await standingOf(inbox, draft)).toMatchObject({ email: 'sent', draft: 'sent' })
})

test('a send whose outcome is not known waits for the owner’s word', async () => {
  const inbox = await openInbox(app)
  const { threadId, draft } = await newThread(app, inbox)
  await unknownSend(inbox, draft)
  await arrive(app, inbox, { threadId })
  expect(await standingOf(inbox, draft)).toMatchObject({ email: 'needs_review', draft: 'unknown' })
})

test('a reply of our own answers its mail and closes no other', async () => {
  const inbox = await openInbox(app)
  const { threadId, draft, version } = await newThread(app, inbox)
  const other = await inbox.newDraft({ subject: 'One more question' })
  await inbox.api.drafts.approve({ ...version, acceptOpenQuestions: true })
  await app.drainDelayed()
  await app.db.updateTable('emails').set({ threadId }).where('id', '=', other.emailId).execute()

  const [entry] = await inbox.outbox()
  const headers = { 'x-reasonflow-outbox': entry?.id ?? '' }
  await arrive(app, inbox, { threadId, direction: 'out', headers })
  await arrive(app, inbox, { threadId, direction: 'out', gmailId: entry?.gmailMessageId ?? '' })
  expect(await standingOf(inbox, draft)).toMatchObject({ email: 'sent', draft: 'sent' })
  expect(await standingOf(inbox, other)).toMatchObject(open)
})

test('a reply we called off and the owner sent by hand is an answer', async () => {
  const inbox = await openInbox(app)
  const { threadId, draft, version } = await newThread(app, inbox)
  await inbox.api.drafts.approve({ ...version, acceptOpenQuestions: true })
  await inbox.api.drafts.cancelSend(version)
  const [entry] = await inbox.outbox()
  const headers = { 'x-reasonflow-outbox': entry?.id ?? '' }
  await arrive(app, inbox, { threadId, direction: 'out', headers })
  expect(await standingOf(inbox, draft)).toEqual(answered)
})

test('what comes into the thread while a run is at work ends it without a draft', async () => {
  const inbox = await openInbox(app)
  model.next('generate', async (usual) => {
    const { items } = await inbox.api.emails.list({ status: ['processing'] })
    await arrive(app, inbox, { threadId: items[0]?.threadId ?? '', direction: 'out' })
    return usual
  })
  const { id } = await inbox.receive({ subject: 'Two drawings' })
  expect(await inbox.email(id)).toMatchObject({ status: 'no_reply', draft: null, reasons: answered.reasons })
  expect(await inbox.notifications()).toEqual([])
})

test('a new try that fails after the owner has answered leaves no draft of the first one open', async () => {
  const inbox = await openInbox(app)
  const { threadId, draft } = await newThread(app, inbox)
  model.always('generate', () => Promise.reject(new Error('no more words')))
  await inbox.api.emails.process({ emailId: draft.emailId })
  await app.drainDelayed()
  await arrive(app, inbox, { threadId, direction: 'out' })
  for (let tries = 0; tries < 4; tries++) await app.drainDelayed()
  expect(await standingOf(inbox, draft)).toEqual(answered)
  expect(await inbox.notifications()).toEqual(['draft_ready'])
})

test('mail that is withdrawn takes its draft and its waiting send along, and nobody else’s', async () => {
  const inbox = await openInbox(app, { undoWindowSeconds: 30 })
  const waiting = await newThread(app, inbox, 'One')
  const approved = await newThread(app, inbox, 'Two')
  const untouched = await newThread(app, inbox, 'Three')
  await inbox.api.drafts.approve({ ...approved.version, acceptOpenQuestions: true })
  const stranger = await openInbox(app)
  const ids = [waiting.draft.emailId, approved.draft.emailId]
  const withdraw = (userId: string) =>
    app.db.transaction().execute((trx) => withdrawEmails(app.ctx, trx, userId, ids, removed))

  await withdraw(stranger.userId)
  expect(await standingOf(inbox, waiting.draft)).toMatchObject(open)
  await withdraw(inbox.userId)
  const withdrawn = { ...answered, reasons: [removed] }
  expect(await standingOf(inbox, waiting.draft)).toEqual(withdrawn)
  expect(await standingOf(inbox, approved.draft)).toEqual(withdrawn)
  expect(await standingOf(inbox, untouched.draft)).toMatchObject(open)
  expect(await inbox.outbox()).toMatchObject([{ state: 'CANCELLED' }])
})

test('a mail whose send has begun or is unknown is not withdrawn', async () => {
  const inbox = await openInbox(app)
  const { draft } = await newThread(app, inbox)
  await unknownSend(inbox, draft)
  await app.db.transaction().execute((trx) => withdrawEmails(app.ctx, trx, inbox.userId, [draft.emailId], removed))
  expect(await standingOf(inbox, draft)).toMatchObject({ email: 'needs_review', draft: 'unknown' })
})

/** The draft is approved, its answer lost, and the thread never shows it. */
async function unknownSend(inbox: Awaited<ReturnType<typeof openInbox>>, draft: { id: string; version: number }) {
  await inbox.api.drafts.approve({ acceptOpenQuestions: true, draftId: draft.id, version: draft.version })
  app.google.delaySentVisibility(Number.POSITIVE_INFINITY)
  app.google.inject({ match: { path: /\/drafts\/send$/, email: inbox.owner.email }, kind: 'answer-lost' })
  await app.drainDelayed()
  app.clock.advance(11 * 60_000)
  await app.drainDelayed()
  app.google.delaySentVisibility(0)
}
