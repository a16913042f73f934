import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { faultMatrix } from '../../google-sandbox/sandbox.ts'
import type { UpstreamKind } from '../../server/errors.ts'
import { connectGoogle, rawMail } from '../support/google-account.ts'

type Google = Awaited<ReturnType<typeof connectGoogle>>

/** A thread with one mail in it, and a reply with our mark. */
async function receiveMail({ sandbox, email }: Google) {
  const { threadId } = await sandbox.deliver(email, rawMail({ 'Message-ID': '<q@example.com>', Subject: 'Question' }))
  const outboxId = randomUUID()
  const headers = { From: email, To: 'ann@example.com', Subject: 'Re: Question', 'X-Reasonflow-Outbox': outboxId }
  const raw = rawMail({ ...headers, 'In-Reply-To': '<q@example.com>', References: '<q@example.com>' }, 'Yes')
  return { threadId, outboxId, draft: { threadId, raw: Buffer.from(raw) } }
}

async function sentMail({ sandbox, email }: Google) {
  return (await sandbox.messages(email)).filter(({ labelIds }) => labelIds.includes('SENT'))
}

test('a draft is made in the thread, sent once and then found there by our mark', async () => {
  await using google = await connectGoogle()
  const { mailSender, ref } = google
  const { threadId, outboxId, draft } = await receiveMail(google)

  const draftId = await mailSender.createGmailDraft(ref, draft)
  expect(await mailSender.readGmailDraft(ref, draftId)).toEqual({ ...draft, isAlone: false })
  expect(await mailSender.findSent(ref, { threadId, outboxId })).toBeNull()

  const { gmailId } = await mailSender.sendGmailDraft(ref, draftId)
  expect(await mailSender.readGmailDraft(ref, draftId)).toBeNull()
  expect(await mailSender.findSent(ref, { threadId, outboxId })).toEqual({ gmailId })
  expect(await mailSender.findSent(ref, { threadId, outboxId: randomUUID() })).toBeNull()
  expect(await sentMail(google)).toMatchObject([{ id: gmailId, threadId }])
})

test('a draft that was sent cannot be sent again', async () => {
  await using google = await connectGoogle()
  const { mailSender, ref } = google
  const draftId = await mailSender.createGmailDraft(ref, (await receiveMail(google)).draft)
  await mailSender.sendGmailDraft(ref, draftId)
  await expect(mailSender.sendGmailDraft(ref, draftId)).rejects.toMatchObject({ kind: 'not_found' })
  expect(await sentMail(google)).toHaveLength(1)
})

test('mail Gmail does not show yet is not found, and a thread that is gone holds nothing', async () => {
  await using google = await connectGoogle()
  const { mailSender, ref, sandbox } = google
  const { threadId, outboxId, draft } = await receiveMail(google)
  sandbox.delaySentVisibility(Infinity)
  await mailSender.sendGmailDraft(ref, await mailSender.createGmailDraft(ref, draft))
  expect(await mailSender.findSent(ref, { threadId, outboxId })).toBeNull()
  sandbox.delaySentVisibility(0)
  expect(await mailSender.findSent(ref, { threadId, outboxId })).not.toBeNull()
  expect(await mailSender.findSent(ref, { threadId: '18c0ffee', outboxId })).toBeNull()
})

test('our mark in a mail somebody else sent, or in a draft, proves nothing', async () => {
  await using google = await connectGoogle()
  const { mailSender, ref, sandbox, email } = google
  const { threadId, outboxId, draft } = await receiveMail(google)
  const answer = { Subject: 'Re: Question', References: '<q@example.com>', 'In-Reply-To': '<q@example.com>' }
  const forged = await sandbox.deliver(email, rawMail({ ...answer, 'X-ReasonFlow-Outbox': outboxId }))
  const both = await sandbox.deliver(email, draft.raw, { labels: ['SENT', 'DRAFT'] })
  expect([forged.threadId, both.threadId]).toEqual([threadId, threadId])
  expect(await mailSender.findSent(ref, { threadId, outboxId })).toBeNull()
})

test('deleting a draft twice is no error', async () => {
  await using google = await connectGoogle()
  const { mailSender, ref, sandbox, email } = google
  const draftId = await mailSender.createGmailDraft(ref, (await receiveMail(google)).draft)
  await mailSender.deleteGmailDraft(ref, draftId)
  await mailSender.deleteGmailDraft(ref, draftId)
  expect(await sandbox.drafts(email)).toEqual([])
})

test.each(['drafts.create', 'drafts.send'])('a token that ended is refreshed and %s repeated once', async (call) => {
  await using google = await connectGoogle()
  const { mailSender, ref, sandbox, email } = google
  const { draft } = await receiveMail(google)
  if (call === 'drafts.create') sandbox.expireAccessTokens(email)
  const draftId = await mailSender.createGmailDraft(ref, draft)
  if (call === 'drafts.send') sandbox.expireAccessTokens(email)
  await mailSender.sendGmailDraft(ref, draftId)
  expect(await sentMail(google)).toHaveLength(1)
  expect(google.requests(/\/drafts(\/send)?$/, 'POST').map(({ status }) => status)).toEqual(
    call === 'drafts.create' ? [401, 200, 200] : [200, 401, 200],
  )
})

test('an answer lost on the way leaves one request, one mail and an outcome nobody knows', async () => {
  await using google = await connectGoogle()
  const { mailSender, ref, sandbox } = google
  const { threadId, outboxId, draft } = await receiveMail(google)
  const draftId = await mailSender.createGmailDraft(ref, draft)
  sandbox.inject({ match: { path: /\/drafts\/send$/ }, kind: 'answer-lost', times: 9 })
  await expect(mailSender.sendGmailDraft(ref, draftId)).rejects.toMatchObject({ kind: 'unavailable' })
  expect(google.requests(/\/drafts\/send$/)).toHaveLength(1)
  expect(await sentMail(google)).toHaveLength(1)
  expect(await mailSender.findSent(ref, { threadId, outboxId })).not.toBeNull()
})

/** What may have been applied is never called rejected, nor an answer that could be ignored. */
const meanings: Record<Exclude<keyof typeof faultMatrix, 'unauthorized'>, UpstreamKind> = {
  timeout: 'timeout',
  reset: 'unavailable',
  answerLost: 'unavailable',
  truncatedJson: 'unavailable',
  internalError: 'unavailable',
  badGateway: 'unavailable',
  unavailable: 'unavailable',
  gatewayTimeout: 'unavailable',
  rateLimitExceeded: 'rate_limited',
  userRateLimitExceeded: 'rate_limited',
  tooManyRequests: 'rate_limited',
  retryAfterSeconds: 'rate_limited',
  retryAfterDate: 'rate_limited',
  retryAfterInMessage: 'rate_limited',
  dailyLimitExceeded: 'daily_limit',
  insufficientPermissions: 'scope_missing',
  domainPolicy: 'domain_policy',
  notFound: 'not_found',
  invalidGrant: 'rejected',
  invalidArgument: 'rejected',
  failedPrecondition: 'rejected',
}
const failures = Object.entries(meanings) as [keyof typeof meanings, UpstreamKind][]

test.each(failures)(
  'a draft is created and sent with one request each, whatever fails: %s means %s',
  async (name, kind) => {
    await using google = await connectGoogle()
    const { mailSender, ref, sandbox } = google
    const sender = name === 'timeout' ? google.senderWithin(300) : mailSender
    const { draft } = await receiveMail(google)
    {
      using fault = sandbox.inject({ match: { path: /\/drafts$/, method: 'POST' }, kind: faultMatrix[name], times: 9 })
      await expect(sender.createGmailDraft(ref, draft)).rejects.toMatchObject({ name: 'UpstreamError', kind })
      expect(fault.hits).toBe(1)
    }
    const draftId = await mailSender.createGmailDraft(ref, draft)
    {
      using fault = sandbox.inject({ match: { path: /\/drafts\/send$/ }, kind: faultMatrix[name], times: 9 })
      await expect(sender.sendGmailDraft(ref, draftId)).rejects.toMatchObject({ name: 'UpstreamError', kind })
      expect(fault.hits).toBe(1)
    }
    expect((await sentMail(google)).length).toBeLessThanOrEqual(1)
  },
)

test('a draft is read again after a passing failure', async () => {
  await using google = await connectGoogle()
  const { mailSender, ref, sandbox } = google
  const { draft } = await receiveMail(google)
  const draftId = await mailSender.createGmailDraft(ref, draft)
  sandbox.inject({ match: { path: /\/drafts\/.+/, method: 'GET' }, kind: faultMatrix.unavailable })
  expect(await mailSender.readGmailDraft(ref, draftId)).toEqual({ ...draft, isAlone: false })
})
