import { randomUUID } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { Draft, DraftWithOriginal, type Email } from '../../shared-types/index.ts'
import { createTestApp } from '../support/app.ts'
import { openInbox } from '../support/connected-inbox.ts'
import { httpClient, refusalOf } from '../support/http-client.ts'
import { findDraft, newInbox } from '../support/inbox.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

const mail = { subject: 'drawings', text: 'Hello Mara,\r\n\r\nhow much would two more drawings cost?\r\n\r\nAda' }

/** An owner with one draft in review, and their client. */
async function reviewing() {
  const owner = await newInbox(app, mail)
  await app.drain()
  const { id, version, emailId } = await findDraft(app, owner)
  return { owner, client: await httpClient(app, owner), wanted: { draftId: id, version }, emailId }
}

test('the queue lists drafts in the promised shape, by status', async () => {
  const { client, emailId, owner } = await reviewing()
  const { items, nextCursor } = await client.drafts.list.query({})
  expect(nextCursor).toBeNull()
  expect(items).toHaveLength(1)
  expect(Draft.parse(items[0])).toEqual(items[0])
  expect(items[0]).toMatchObject({
    emailId,
    version: 1,
    status: 'pending',
    subject: 'Re: drawings',
    from: { name: '', address: owner.email },
    to: [{ name: 'Ada Byron', address: 'ada@engine.example' }],
    sendAt: null,
  })
  expect((await client.drafts.list.query({ status: 'pending' })).items).toHaveLength(1)
  expect((await client.drafts.list.query({ status: 'sent' })).items).toEqual([])
})

test('what a later version gave as a reason is told in its words, also by this one beside it', async () => {
  const { client, wanted, owner } = await reviewing()
  const text = 'The moon is in the wrong house.'
  const reasons = JSON.stringify([{ code: 'MOON_IN_WRONG_HOUSE', text }])
  await app.db.updateTable('drafts').set({ reasons }).where('userId', '=', owner.userId).execute()
  const told = [{ code: 'NOTED', text }]
  expect((await client.drafts.list.query({})).items[0]?.reasons).toEqual(told)
  expect((await client.drafts.approve.mutate({ ...wanted, acceptOpenQuestions: true })).reasons).toEqual(told)
})

test('one draft comes with the mail it answers', async () => {
  const { client, wanted, emailId } = await reviewing()
  const draft = await client.drafts.get.query({ draftId: wanted.draftId })
  expect(DraftWithOriginal.parse(draft)).toEqual(draft)
  expect(draft.original).toMatchObject({ id: emailId, subject: 'drawings', from: { address: 'ada@engine.example' } })
  expect(draft.original.text).toContain('two more drawings')
})

test('an edit makes a new version under the same subject, and the old version is stale', async () => {
  const { client, wanted } = await reviewing()
  const edited = await client.drafts.edit.mutate({ ...wanted, body: '  Dear Ada, 200 pounds.  ' })
  expect(Draft.parse(edited)).toMatchObject({ version: 2, body: 'Dear Ada, 200 pounds.', subject: 'Re: drawings' })
  const stale = { status: 409, reason: 'DRAFT_CHANGED' }
  expect(await refusalOf(client.drafts.edit.mutate({ ...wanted, body: 'again' }))).toMatchObject(stale)
  expect(await refusalOf(client.drafts.approve.mutate({ ...wanted, acceptOpenQuestions: true }))).toMatchObject(stale)
  expect(await refusalOf(client.drafts.reject.mutate(wanted))).toMatchObject(stale)
})

test('approval answers with the end of the undo window, cancelling brings the draft back', async () => {
  const { client, wanted, emailId } = await reviewing()
  await client.settings.update.mutate({ undoWindowSeconds: 60 })
  const before = app.clock.now().getTime()
  const approved = await client.drafts.approve.mutate({ ...wanted, acceptOpenQuestions: true })
  expect(Draft.parse(approved).status).toBe('approved')
  expect(Date.parse(approved.sendAt!) - before).toBeGreaterThanOrEqual(60_000)
  expect(await refusalOf(client.drafts.approve.mutate({ ...wanted, acceptOpenQuestions: true }))).toMatchObject({
    status: 409,
    reason: 'DRAFT_ALREADY_APPROVED',
  })
  expect((await client.emails.get.query({ emailId })).status).toBe('approved')

  const back = await client.drafts.cancelSend.mutate(wanted)
  expect(Draft.parse(back)).toMatchObject({ status: 'pending', version: 1, sendAt: null })
  expect((await client.emails.get.query({ emailId })).status).toBe('needs_review')
  expect(await refusalOf(client.drafts.cancelSend.mutate(wanted))).toMatchObject({
    status: 409,
    reason: 'SEND_NOT_CANCELLABLE',
  })
})

test('a reply is scheduled for a moment ahead, in UTC with milliseconds', async () => {
  const { client, wanted } = await reviewing()
  const sendAt = new Date(app.clock.now().getTime() + 3_600_000).toISOString()
  const scheduled = await client.drafts.schedule.mutate({ acceptOpenQuestions: true, ...wanted, sendAt })
  expect(Draft.parse(scheduled)).toMatchObject({ status: 'approved', sendAt })
  expect((await client.drafts.get.query({ draftId: wanted.draftId })).sendAt).toBe(sendAt)
  await client.drafts.cancelSend.mutate(wanted)

  const past = await refusalOf(
    client.drafts.schedule.mutate({ acceptOpenQuestions: true, ...wanted, sendAt: '2020-01-01T00:00:00.000Z' }),
  )
  expect(past).toMatchObject({ status: 400, reason: 'VALIDATION_FAILED', message: 'sendAt has passed already.' })
  const vague = await refusalOf(
    client.drafts.schedule.mutate({ acceptOpenQuestions: true, ...wanted, sendAt: 'tomorrow' }),
  )
  expect(vague).toMatchObject({ status: 400, reason: 'VALIDATION_FAILED' })
  expect(Object.keys(vague.fieldErrors ?? {})).toEqual(['sendAt'])
})

test('where nothing is unknown, there is nothing to settle', async () => {
  const { client, wanted } = await reviewing()
  const resolve = (outcome: 'sent' | 'not_sent') => refusalOf(client.drafts.resolveSend.mutate({ ...wanted, outcome }))
  expect(await resolve('sent')).toMatchObject({ status: 409, reason: 'SEND_NOT_UNKNOWN' })
  expect(await resolve('not_sent')).toMatchObject({ status: 409, reason: 'SEND_NOT_UNKNOWN' })
})

test('a rejected draft keeps its reason with the mail, and takes no further decision', async () => {
  const { client, wanted, emailId } = await reviewing()
  const rejected = await client.drafts.reject.mutate({ ...wanted, reason: 'I call her' })
  expect(Draft.parse(rejected).status).toBe('rejected')
  expect(await client.emails.get.query({ emailId })).toMatchObject({
    status: 'rejected',
    reasons: [{ code: 'REJECTED_BY_OWNER', text: 'You rejected the draft: I call her' }],
  })
  const refused = { status: 409, reason: 'DRAFT_NOT_PENDING' }
  expect(await refusalOf(client.drafts.approve.mutate({ ...wanted, acceptOpenQuestions: true }))).toMatchObject(refused)
  expect(await refusalOf(client.drafts.edit.mutate({ ...wanted, body: 'x' }))).toMatchObject(refused)
})

test('a draft of somebody else answers exactly like one that does not exist', async () => {
  const { wanted } = await reviewing()
  const bob = await httpClient(app, await app.newOwner())
  const notFound = { status: 404, reason: 'NOT_FOUND', message: 'There is no such draft.', fieldErrors: null }
  for (const draftId of [wanted.draftId, randomUUID()]) {
    const input = { draftId, version: 1 }
    expect(await refusalOf(bob.drafts.get.query({ draftId }))).toEqual(notFound)
    expect(await refusalOf(bob.drafts.edit.mutate({ ...input, body: 'mine' }))).toEqual(notFound)
    expect(await refusalOf(bob.drafts.approve.mutate({ ...input, acceptOpenQuestions: true }))).toEqual(notFound)
    expect(await refusalOf(bob.drafts.reject.mutate(input))).toEqual(notFound)
    expect(await refusalOf(bob.drafts.cancelSend.mutate(input))).toEqual(notFound)
    expect(await refusalOf(bob.drafts.resolveSend.mutate({ ...input, outcome: 'sent' }))).toEqual(notFound)
    const sendAt = new Date(app.clock.now().getTime() + 60_000).toISOString()
    expect(await refusalOf(bob.drafts.schedule.mutate({ acceptOpenQuestions: true, ...input, sendAt }))).toEqual(
      notFound,
    )
  }
  expect((await bob.drafts.list.query({})).items).toEqual([])
})

test('the queue is one call: each draft with the mail it answers, filtered by several statuses and by mailbox', async () => {
  const inbox = await openInbox(app)
  const mail = { subject: 'Prices', text: 'What would two of them cost?', html: '<p>What would two of them cost?</p>' }
  const waiting = await inbox.newDraft(mail)
  const refused = await inbox.newDraft({ subject: 'Other', from: 'Bo <bo@engine.example>' })
  await inbox.api.drafts.reject({ draftId: refused.id, version: refused.version })
  const list = async (filter: Parameters<typeof inbox.api.drafts.list>[0]) =>
    (await inbox.api.drafts.list(filter)).items.map(({ subject }) => subject)
  expect(await list({ status: ['pending', 'rejected'] })).toEqual(['Re: Other', 'Re: Prices'])
  expect(await list({ status: ['pending', 'sent'], mailboxId: inbox.mailboxId })).toEqual(['Re: Prices'])
  expect(await list({ mailboxId: randomUUID() })).toEqual([])

  const email = await inbox.email(waiting.emailId)
  expect(waiting).toMatchObject({
    status: 'pending',
    sendAt: null,
    sentAt: null,
    outcome: null,
    sendReasons: [],
    original: {
      id: email.id,
      mailboxId: inbox.mailboxId,
      threadId: email.threadId,
      subject: 'Prices',
      from: { name: 'Ada Byron', address: 'ada@engine.example' },
      receivedAt: email.receivedAt,
      intent: email.intent,
    },
  })
  const { original } = await inbox.draft(waiting.id)
  expect(original).toEqual({ ...waiting.original, ...pick(email) })
})

/** What a review shows of the mail beside what a list does. */
function pick({ text, html, attachments, flags }: Email) {
  return { text, html, attachments, flags }
}

test('a draft that went out says when, and each change of one is seen by its time', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  const edited = await inbox.api.drafts.edit({ draftId: draft.id, version: draft.version, body: 'In my own words.' })
  expect(Date.parse(edited.updatedAt)).toBeGreaterThan(Date.parse(draft.updatedAt))
  const approved = await inbox.api.drafts.approve({
    draftId: draft.id,
    version: edited.version,
    acceptOpenQuestions: true,
  })
  expect(approved).toMatchObject({ status: 'approved', sendAt: expect.any(String), sentAt: null })
  await app.drainDelayed()
  const sent = await inbox.draft(draft.id)
  expect(sent).toMatchObject({ status: 'sent', sendAt: null, outcome: 'edited' })
  expect(Date.parse(sent.sentAt ?? '')).toBeGreaterThanOrEqual(Date.parse(draft.createdAt))
})
