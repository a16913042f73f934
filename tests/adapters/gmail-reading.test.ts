import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { faultMatrix } from '../../google-sandbox/sandbox.ts'
import type { UpstreamKind } from '../../server/errors.ts'
import { connectGoogle, rawMail } from '../support/google-account.ts'

const since = (daysAgo: number) => new Date(Date.now() - daysAgo * 24 * 3_600_000)

test('the profile names the address and the cursor to start from', async () => {
  await using google = await connectGoogle()
  const { mailbox, ref, email } = google
  expect(await mailbox.profile(ref)).toEqual({ address: email, historyId: expect.stringMatching(/^\d+$/) })
})

test('the import lists mail newest first, page by page, without drafts, spam, trash and older mail', async () => {
  await using google = await connectGoogle()
  const { mailbox, mailSender, ref, email, sandbox } = google
  const deliver = (Subject: string, daysAgo: number, labels?: string[]) =>
    sandbox.deliver(email, rawMail({ Subject }), { receivedAt: since(daysAgo), ...(labels && { labels }) })
  await deliver('too old', 40)
  const oldest = await deliver('a', 3)
  const middle = await deliver('b', 2)
  const newest = await deliver('c', 1)
  await deliver('spam', 1, ['SPAM'])
  await deliver('gone', 1, ['TRASH'])
  await mailSender.createGmailDraft(ref, { threadId: newest.threadId, raw: Buffer.from(rawMail({ From: email })) })

  const ids: string[] = []
  let pageToken: string | null = null
  do {
    const page = await mailbox.listMessages(ref, { after: since(30), limit: 2, ...(pageToken && { pageToken }) })
    ids.push(...page.ids)
    pageToken = page.nextPageToken
  } while (pageToken)
  expect(ids).toEqual([newest.id, middle.id, oldest.id])
})

test('an empty mailbox lists nothing', async () => {
  await using google = await connectGoogle()
  expect(await google.mailbox.listMessages(google.ref, { after: since(30), limit: 100 })).toEqual({
    ids: [],
    nextPageToken: null,
    estimated: 0,
  })
})

test('a message comes as the bytes that were sent, with its labels, thread and time', async () => {
  await using google = await connectGoogle()
  const { mailbox, ref, email, sandbox } = google
  const raw = rawMail({ Subject: '=?utf-8?q?Gr=C3=BC=C3=9Fe?=' }, 'Tom & Jerry\0')
  const receivedAt = since(1)
  const { id, threadId } = await sandbox.deliver(email, raw, { receivedAt })
  const message = await mailbox.getMessage(ref, id)
  expect(message).toMatchObject({ id, threadId, receivedAt, labels: expect.arrayContaining(['INBOX']) })
  expect(message.raw.toString()).toBe(raw)
  expect(message.snippet).toContain('Tom & Jerry')
  expect(message.snippet).not.toContain('\0')
})

test('a message that is gone meanwhile is not found', async () => {
  await using google = await connectGoogle()
  await expect(google.mailbox.getMessage(google.ref, '18c0ffee')).rejects.toMatchObject({ kind: 'not_found' })
})

test('a label lists whatever carries it, spam and trash too, and the labels there are can be asked for', async () => {
  await using google = await connectGoogle()
  const { mailbox, ref, email, sandbox } = google
  const { id } = await sandbox.deliver(email, rawMail({}), { labels: ['TRASH', 'STARRED'], receivedAt: since(1) })
  await sandbox.deliver(email, rawMail({}), { receivedAt: since(1) })

  const wanted = { after: since(30), limit: 500 }
  expect((await mailbox.listMessages(ref, { ...wanted, label: 'TRASH' })).ids).toEqual([id])
  expect((await mailbox.getLabels(ref, id)).sort()).toEqual(['STARRED', 'TRASH'])
  expect(await mailbox.listLabels(ref)).toEqual(expect.arrayContaining(['INBOX', 'UNREAD', 'SENT', 'SPAM', 'TRASH']))
})

test('history tells what came, went, was labelled and unlabelled, in order', async () => {
  await using google = await connectGoogle()
  const { mailbox, ref, email, sandbox } = google
  const { historyId: cursor } = await mailbox.profile(ref)
  const { id: gmailId } = await sandbox.deliver(email, rawMail({}))
  const owner = sandbox.byHand(email)
  owner.label(gmailId, { add: ['STARRED'], remove: ['UNREAD'] })
  owner.delete(gmailId)

  const { changes, historyId, nextPageToken } = await mailbox.listHistory(ref, { since: cursor })
  expect(changes.map(({ historyId: _at, ...change }) => change)).toEqual([
    { kind: 'added', gmailId, labels: ['INBOX', 'UNREAD'] },
    { kind: 'unlabelled', gmailId, labels: ['UNREAD'] },
    { kind: 'labelled', gmailId, labels: ['STARRED'] },
    { kind: 'deleted', gmailId, labels: ['INBOX', 'STARRED'] },
  ])
  expect(changes.at(-1)?.historyId).toBe(historyId)
  expect(nextPageToken).toBeNull()
  expect(await mailbox.listHistory(ref, { since: historyId })).toEqual({ changes: [], historyId, nextPageToken: null })
})

test('a long history comes in pages', async () => {
  await using google = await connectGoogle()
  const { mailbox, ref, email, sandbox } = google
  const { historyId: since } = await mailbox.profile(ref)
  for (let index = 0; index < 510; index += 1) await sandbox.deliver(email, rawMail({}))
  const first = await mailbox.listHistory(ref, { since })
  const second = await mailbox.listHistory(ref, { since, pageToken: first.nextPageToken ?? '' })
  expect([first, second].map(({ changes }) => changes.length)).toEqual([500, 10])
  expect(second.nextPageToken).toBeNull()
})

test('a cursor that is too old says so', async () => {
  await using google = await connectGoogle()
  const { mailbox, ref, email, sandbox } = google
  const { historyId: since } = await mailbox.profile(ref)
  await sandbox.deliver(email, rawMail({}))
  sandbox.expireHistory(email)
  await expect(mailbox.listHistory(ref, { since })).rejects.toMatchObject({ kind: 'history_expired', vendor: 'gmail' })
})

test('an access token that ended is refreshed once, and the call repeated', async () => {
  await using google = await connectGoogle()
  google.sandbox.expireAccessTokens(google.email)
  expect(await google.mailbox.profile(google.ref)).toMatchObject({ address: google.email })
  expect(google.requests(/\/profile$/)).toHaveLength(2)
  expect(google.requests(/\/token$/)).toHaveLength(2)
})

test('a token refused again right after the refresh needs the owner', async () => {
  await using google = await connectGoogle()
  using fault = google.sandbox.inject({ match: { path: /\/profile$/ }, kind: faultMatrix.unauthorized, times: 9 })
  await expect(google.mailbox.profile(google.ref)).rejects.toMatchObject({ kind: 'needs_reauth' })
  expect(fault.hits).toBe(2)
})

const passing = [
  'internalError',
  'badGateway',
  'unavailable',
  'gatewayTimeout',
  'reset',
  'answerLost',
  'truncatedJson',
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'tooManyRequests',
] as const

test.each(passing)('a read gets through two passing failures: %s', async (name) => {
  await using google = await connectGoogle()
  using fault = google.sandbox.inject({ match: { path: /\/profile$/ }, kind: faultMatrix[name], times: 2 })
  expect(await google.mailbox.profile(google.ref)).toMatchObject({ address: google.email })
  expect(fault.hits).toBe(2)
})

test('a read that is never answered is tried again after its deadline', async () => {
  await using google = await connectGoogle({ deadlineMs: 150 })
  using fault = google.sandbox.inject({ match: { path: /\/profile$/ }, kind: 'timeout', times: 9 })
  await expect(google.mailbox.profile(google.ref)).rejects.toMatchObject({ kind: 'timeout' })
  expect(fault.hits).toBe(3)
})

const meanings: [keyof typeof faultMatrix, UpstreamKind, number][] = [
  ['internalError', 'unavailable', 3],
  ['badGateway', 'unavailable', 3],
  ['reset', 'unavailable', 3],
  ['truncatedJson', 'bad_answer', 3],
  ['tooManyRequests', 'rate_limited', 3],
  ['retryAfterInMessage', 'rate_limited', 1],
  ['dailyLimitExceeded', 'daily_limit', 1],
  ['insufficientPermissions', 'scope_missing', 1],
  ['domainPolicy', 'domain_policy', 1],
  ['notFound', 'not_found', 1],
  ['invalidArgument', 'rejected', 1],
  ['failedPrecondition', 'rejected', 1],
]

test.each(meanings)('%s means %s, after %i tries', async (name, kind, tries) => {
  await using google = await connectGoogle()
  using fault = google.sandbox.inject({ match: { path: /\/profile$/ }, kind: faultMatrix[name], times: 9 })
  await expect(google.mailbox.profile(google.ref)).rejects.toMatchObject({ kind, vendor: 'gmail' })
  expect(fault.hits).toBe(tries)
})

test.each(['retryAfterSeconds', 'retryAfterDate'] as const)('a wait Gmail asks for is kept: %s', async (name) => {
  await using google = await connectGoogle()
  google.sandbox.inject({ match: { path: /\/profile$/ }, kind: faultMatrix[name] })
  const startedAt = Date.now()
  await google.mailbox.profile(google.ref)
  // A date of whole seconds may be almost one second early.
  expect(Date.now() - startedAt).toBeGreaterThan(900)
})

test('a wait too long to sit out is handed on with its end', async () => {
  await using google = await connectGoogle()
  google.sandbox.inject({ match: { path: /\/profile$/ }, kind: faultMatrix.retryAfterInMessage })
  const failure: unknown = await google.mailbox.profile(google.ref).catch((error: unknown) => error)
  const { retryAt } = failure as { retryAt: Date }
  expect(retryAt.getTime() - Date.now()).toBeGreaterThan(14 * 60_000)
})

test('a caller that gives up is not kept waiting by another try', async () => {
  await using google = await connectGoogle()
  using fault = google.sandbox.inject({ match: { path: /\/profile$/ }, kind: 'timeout', times: 9 })
  const caller = new AbortController()
  const call = google.mailbox.profile(google.ref, caller.signal).catch((error: unknown) => error)
  await expect.poll(() => fault.hits).toBe(1)
  caller.abort()
  expect(await call).toMatchObject({ kind: 'timeout' })
  expect(fault.hits).toBe(1)
})

test('an error names neither the token nor the request', async () => {
  await using google = await connectGoogle()
  google.sandbox.inject({ match: { path: /\/profile$/ }, kind: faultMatrix.invalidArgument })
  const failure: unknown = await google.mailbox.profile(google.ref).catch((error: unknown) => error)
  expect(inspect(failure, { depth: 20, showHidden: true })).not.toMatch(/bearer|authorization/i)
})
