import { randomUUID } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { createTestApp } from '../support/app.ts'
import { openInbox } from '../support/connected-inbox.ts'
import { refusal, seenOf } from '../support/refusals.ts'
import { approvalOf, versionOf } from '../support/sending.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

test('approving a draft twice sends it once', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  await inbox.api.drafts.approve(approvalOf(draft))
  await expect(inbox.api.drafts.approve(approvalOf(draft))).rejects.toMatchObject(refusal('DRAFT_ALREADY_APPROVED'))
  await app.drainDelayed()

  expect(await inbox.outbox()).toHaveLength(1)
  expect(await inbox.sent()).toHaveLength(1)
  await expect(inbox.api.drafts.approve(approvalOf(draft))).rejects.toMatchObject(refusal('DRAFT_NOT_PENDING'))
})

test('an edit makes a new version, which needs its own approval', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  const edited = await inbox.api.drafts.edit({ ...versionOf(draft), body: 'In my own words.' })
  expect(edited).toMatchObject({ id: draft.id, version: 2, status: 'pending', body: 'In my own words.' })
  expect(edited).toMatchObject({ subject: draft.subject, to: draft.to })

  await expect(inbox.api.drafts.approve(approvalOf(draft))).rejects.toMatchObject(refusal('DRAFT_CHANGED'))
  expect(await inbox.outbox()).toEqual([])
  await inbox.api.drafts.approve(approvalOf(edited))
  expect(await inbox.outbox()).toMatchObject([{ state: 'READY', draftVersion: 2 }])
  const versions = await app.db
    .selectFrom('draftVersions')
    .where('draftId', '=', draft.id)
    .select(['version', 'author'])
    .orderBy('version')
    .execute()
  expect(versions).toEqual([
    { version: 1, author: 'agent' },
    { version: 2, author: 'owner' },
  ])
})

test('who has read an older version can neither edit nor reject the present one', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  await inbox.api.drafts.edit({ ...versionOf(draft), body: 'Newer.' })
  for (const call of [
    () => inbox.api.drafts.edit({ ...versionOf(draft), body: 'Older.' }),
    () => inbox.api.drafts.reject(versionOf(draft)),
    () => inbox.api.drafts.cancelSend(versionOf(draft)),
  ])
    await expect(call()).rejects.toMatchObject(refusal('DRAFT_CHANGED'))
  expect(await inbox.draft(draft.id)).toMatchObject({ version: 2, status: 'pending', body: 'Newer.' })
})

test('an approved draft can be neither edited nor rejected until its send is cancelled', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  await inbox.api.drafts.approve(approvalOf(draft))
  for (const call of [
    () => inbox.api.drafts.edit({ ...versionOf(draft), body: 'Too late.' }),
    () => inbox.api.drafts.reject(versionOf(draft)),
  ])
    await expect(call()).rejects.toMatchObject(refusal('DRAFT_ALREADY_APPROVED'))
  expect(await inbox.draft(draft.id)).toMatchObject({ version: 1, status: 'approved', body: draft.body })
})

test('a rejected draft is never sent, and the mail keeps the reason', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  const rejected = await inbox.api.drafts.reject({ ...versionOf(draft), reason: 'Too stiff' })
  expect(rejected).toMatchObject({ status: 'rejected', sendAt: null })
  const email = await inbox.email(draft.emailId)
  expect(email).toMatchObject({
    status: 'rejected',
    reasons: [{ code: 'REJECTED_BY_OWNER', text: 'You rejected the draft: Too stiff' }],
  })

  await expect(inbox.api.drafts.approve(approvalOf(draft))).rejects.toMatchObject(refusal('DRAFT_NOT_PENDING'))
  await expect(inbox.api.drafts.reject(versionOf(draft))).rejects.toMatchObject(refusal('DRAFT_NOT_PENDING'))
  await app.drainDelayed()
  expect(await inbox.outbox()).toEqual([])
})

test('a rejected mail can be tried again: a new draft takes the place of the old one', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  await inbox.api.drafts.reject(versionOf(draft))
  await inbox.api.emails.process({ emailId: draft.emailId })
  await app.drain()

  const { draft: newer, status } = await inbox.email(draft.emailId)
  expect(status).toBe('needs_review')
  expect(newer).toMatchObject({ status: 'pending', version: 1 })
  expect(newer?.id).not.toBe(draft.id)
  expect(await inbox.draft(draft.id)).toMatchObject({ status: 'superseded' })
  await expect(inbox.api.drafts.approve(approvalOf(draft))).rejects.toMatchObject(refusal('DRAFT_NOT_PENDING'))
})

test('a draft cannot be approved once a new run of its mail was asked for: the run’s draft will replace it', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  const { traceId } = await inbox.api.emails.process({ emailId: draft.emailId })
  await expect(inbox.api.drafts.approve(approvalOf(draft))).rejects.toMatchObject(refusal('EMAIL_IN_PROGRESS'))
  await app.drain()

  expect(await inbox.api.traces.get({ traceId })).toMatchObject({ status: 'completed' })
  const email = await inbox.email(draft.emailId)
  expect(email).toMatchObject({ status: 'needs_review', draft: { status: 'pending' } })
  await inbox.api.drafts.approve({ acceptOpenQuestions: true, draftId: email.draft?.id ?? '', version: 1 })
  await app.drainDelayed()
  expect(await inbox.sent()).toHaveLength(1)
})

test('another owner’s draft answers exactly like one that does not exist', async () => {
  const [inbox, stranger] = [await openInbox(app), await openInbox(app)]
  const draft = await inbox.newDraft()
  const { drafts } = stranger.api
  const sendAt = new Date(app.clock.now().getTime() + 60_000).toISOString()
  const calls = {
    get: (draftId: string) => drafts.get({ draftId }),
    edit: (draftId: string) => drafts.edit({ draftId, version: 1, body: 'Mine now' }),
    approve: (draftId: string) => drafts.approve({ acceptOpenQuestions: true, draftId, version: 1 }),
    approveStale: (draftId: string) => drafts.approve({ acceptOpenQuestions: true, draftId, version: 7 }),
    reject: (draftId: string) => drafts.reject({ draftId, version: 1, reason: 'no' }),
    cancelSend: (draftId: string) => drafts.cancelSend({ draftId, version: 1 }),
    schedule: (draftId: string) => drafts.schedule({ acceptOpenQuestions: true, draftId, version: 1, sendAt }),
    resolveSend: (draftId: string) => drafts.resolveSend({ draftId, version: 1, outcome: 'not_sent' }),
  }
  for (const call of Object.values(calls)) {
    const foreign = await seenOf(call(draft.id))
    expect(foreign).toEqual(await seenOf(call(randomUUID())))
    expect(foreign).toMatchObject({ code: 'NOT_FOUND', reason: 'NOT_FOUND' })
  }
  expect((await drafts.list()).items).toEqual([])
  expect(await inbox.draft(draft.id)).toMatchObject({ status: 'pending', version: 1, body: draft.body })
})

test('a draft that asks its owner something is neither approved nor scheduled until they accept that', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft({ text: 'What would two of them cost?' })
  expect(draft.openQuestions).not.toEqual([])
  const sendAt = new Date(app.clock.now().getTime() + 3_600_000).toISOString()
  const refused = refusal('OPEN_QUESTIONS')
  await expect(inbox.api.drafts.approve(versionOf(draft))).rejects.toMatchObject(refused)
  await expect(inbox.api.drafts.schedule({ ...versionOf(draft), sendAt })).rejects.toMatchObject(refused)
  const { items } = await inbox.api.drafts.bulkApprove({ drafts: [versionOf(draft)] })
  expect(items).toMatchObject([{ ok: false, reason: 'OPEN_QUESTIONS' }])
  expect(await inbox.outbox()).toEqual([])
  expect(await inbox.draft(draft.id)).toMatchObject({ status: 'pending' })

  await inbox.api.drafts.approve({ ...versionOf(draft), acceptOpenQuestions: true })
  await app.drainDelayed()
  expect(await inbox.sent()).toHaveLength(1)
})

test('a draft whose questions are answered needs no such word', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft({ text: 'What would two of them cost?' })
  const answers = draft.openQuestions.map(({ id }) => ({ id, answer: 'They are 90 pounds together.' }))
  await inbox.api.drafts.answer({ ...versionOf(draft), answers })
  await app.drain()
  const { draft: next } = await inbox.email(draft.emailId)
  expect(await inbox.api.drafts.approve({ draftId: next!.id, version: next!.version })).toMatchObject({
    status: 'approved',
  })
})
