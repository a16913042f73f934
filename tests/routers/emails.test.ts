import { randomUUID } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { Email, EmailItem, EmailStats } from '../../shared-types/index.ts'
import { createTestApp } from '../support/app.ts'
import { batchClient, httpClient, refusalOf } from '../support/http-client.ts'
import { findMail, newInbox } from '../support/inbox.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

const question = 'Hello Mara,\r\n\r\nhow much would two more drawings cost?\r\n\r\nAda'
const notFound = { status: 404, reason: 'NOT_FOUND', message: 'There is no such e-mail.', fieldErrors: null }

test('the inbox is listed newest first, each mail in the shape that was promised', async () => {
  const owner = await newInbox(app, { subject: 'first', text: question }, { subject: 'second', text: question })
  await app.drain()
  const client = await httpClient(app, owner)
  const { items, nextCursor } = await client.emails.list.query({})
  expect(items.map(({ subject }) => subject)).toEqual(['second', 'first'])
  expect(nextCursor).toBeNull()
  for (const item of items) expect(EmailItem.parse(item)).toEqual(item)
  expect(items[0]).toMatchObject({
    mailboxId: owner.mailboxId,
    direction: 'in',
    from: { name: 'Ada Byron', address: 'ada@engine.example' },
    receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
    intent: 'inquiry',
    status: 'needs_review',
    draft: {
      version: 1,
      status: 'pending',
      confidence: expect.any(Number) as number,
      preview: expect.stringMatching(/^Hi Ada, Thank you/) as string,
      openQuestions: expect.any(Number) as number,
    },
  })
  expect((await client.emails.list.query({ limit: 1 })).items).toHaveLength(1)
})

test('filters combine', async () => {
  const owner = await newInbox(
    app,
    { subject: 'drawings', text: question, messageId: '<d@engine.example>' },
    { subject: 'digest', text: 'News.', headers: ['List-Id: <n.engine.example>'] },
    { direction: 'out', subject: 'note', text: 'drawings to come' },
  )
  await app.drain()
  const { emails } = await httpClient(app, owner)
  const subjects = async (filter: Parameters<typeof emails.list.query>[0]) =>
    (await emails.list.query(filter)).items.map(({ subject }) => subject).sort()
  const drawings = await findMail(app, owner, 'drawings')

  expect(await subjects({ status: ['needs_review', 'sent'] })).toEqual(['drawings', 'note'])
  expect(await subjects({ status: ['needs_review', 'sent'], flow: 'in' })).toEqual(['drawings'])
  expect(await subjects({ intent: ['inquiry', 'other'], status: ['no_reply'] })).toEqual(['digest'])
  expect(await subjects({ search: 'drawings' })).toEqual(['drawings', 'note'])
  expect(await subjects({ search: 'drawings', flow: 'out' })).toEqual(['note'])
  expect(await subjects({ mailboxId: owner.mailboxId })).toHaveLength(3)
  expect(await subjects({ mailboxId: randomUUID() })).toEqual([])
  expect(await subjects({ threadId: drawings.threadId })).toEqual(['drawings'])
  expect(await subjects({ threadId: drawings.threadId, search: 'digest' })).toEqual([])
  expect(await subjects({ receivedFrom: drawings.receivedAt, receivedTo: drawings.receivedAt })).toEqual(['drawings'])
  expect(await subjects({ receivedFrom: '2100-01-01T00:00:00.000Z' })).toEqual([])
  expect(await subjects({ status: [], intent: [] })).toHaveLength(3)
})

test('what was judged to need no answer is listed with its reasons, the same as with the mail itself', async () => {
  const owner = await newInbox(
    app,
    { subject: 'digest', headers: ['List-Id: <n.engine.example>'] },
    { subject: 'thanks', text: 'Dear Mara,\r\n\r\nthank you very much, that is perfect!\r\n\r\nAda' },
    { subject: 'question', text: question },
  )
  await app.drain()
  const client = await httpClient(app, owner)
  const { items } = await client.emails.list.query({ status: ['no_reply'] })
  expect(items.map(({ subject, reasons }) => [subject, ...reasons.map(({ code }) => code)])).toEqual([
    ['thanks', 'CLASSIFIED'],
    ['digest', 'LIST_MAIL'],
  ])
  for (const { id, reasons } of items) {
    expect(reasons[0]?.text).toBeTruthy()
    expect((await client.emails.get.query({ emailId: id })).reasons).toEqual(reasons)
  }
})

test('a mail is shown whole, its HTML harmless', async () => {
  const owner = await app.newOwner()
  await app.connect(owner)
  const html = [
    '<p onclick="steal()">Hello <b>Mara</b></p><script>steal()</script><style>p { color: red }</style>',
    '<img src="https://track.example/pixel.gif" onerror="steal()"><iframe src="https://evil.example"></iframe>',
    '<a href="javascript:steal()">click</a> <a href="https://engine.example/x">fine</a>',
    '<form action="https://evil.example"><input name="password"></form>',
    '<svg onload="steal()"></svg><a href="data:text/html,<script>steal()</script>">data</a>',
    '<div style="background: url(https://track.example/p)">styled</div><base href="https://evil.example">',
  ].join('')
  const raw = [
    'Authentication-Results: mx.google.com; dmarc=pass',
    'From: Ada Byron <ada@engine.example>',
    `To: Mara <${owner.email}>, "Bob, the builder" <bob@studio.example>`,
    'Cc: carol@studio.example',
    'Reply-To: desk@engine.example',
    'Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=',
    'Message-ID: <html@engine.example>',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/html; charset=utf-8',
    '',
    html,
    '--b',
    'Content-Type: application/pdf',
    'Content-Disposition: attachment; filename="offer.pdf"',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from('a pdf').toString('base64'),
    '--b--',
    '',
  ].join('\r\n')
  await app.google.deliver(owner.email, raw, { labels: ['INBOX'] })
  await app.drain()
  const client = await httpClient(app, owner)
  const { id } = await findMail(app, owner, 'Grüße')
  const mail = await client.emails.get.query({ emailId: id })
  expect(Email.parse(mail)).toEqual(mail)
  expect(mail).toMatchObject({
    to: [
      { name: 'Mara', address: owner.email },
      { name: 'Bob, the builder', address: 'bob@studio.example' },
    ],
    cc: [{ name: '', address: 'carol@studio.example' }],
    replyTo: [{ name: '', address: 'desk@engine.example' }],
    attachments: [{ filename: 'offer.pdf', mimeType: 'application/pdf', sizeBytes: 5 }],
    headers: { 'authentication-results': 'mx.google.com; dmarc=pass' },
  })
  expect(mail.text).toContain('Hello Mara')
  expect(mail.reasons.map(({ code }) => code)).toContain('CLASSIFIED')
  expect(mail.html).toContain('<b>Mara</b>')
  expect(mail.html).toContain('https://engine.example/x')
  expect(mail.html).not.toMatch(
    /steal|script|onerror|onclick|onload|track\.example|evil\.example|iframe|<form|<input|<style|<base|data:|url\(/i,
  )
})

test('a thread is shown oldest first, own mail included', async () => {
  const owner = await newInbox(
    app,
    { subject: 'drawings', text: question, messageId: '<t@engine.example>' },
    { direction: 'out', subject: 'Re: drawings', text: 'Two hundred.', inReplyTo: '<t@engine.example>' },
    { subject: 'Re: drawings', text: 'Thank you!', inReplyTo: '<t@engine.example>' },
  )
  await app.drain()
  const client = await httpClient(app, owner)
  const { threadId } = await findMail(app, owner, 'drawings')
  const thread = await client.emails.thread.query({ threadId })
  expect(thread.threadId).toBe(threadId)
  expect(thread.messages.map(({ subject, direction }) => [subject, direction])).toEqual([
    ['drawings', 'in'],
    ['Re: drawings', 'out'],
    ['Re: drawings', 'in'],
  ])
  for (const message of thread.messages) expect(Email.parse(message)).toEqual(message)
})

test('counts are of inbound mail, by status and by intent, zeros included', async () => {
  const owner = await newInbox(
    app,
    { subject: 'drawings', text: question },
    { subject: 'digest', headers: ['List-Id: <n.engine.example>'] },
    { direction: 'out', subject: 'note' },
  )
  const client = await httpClient(app, owner)
  const before = await client.emails.stats.query()
  expect(Object.values(before.byStatus).every((count) => count === 0)).toBe(true)
  await app.drain()
  const stats = await client.emails.stats.query()
  expect(EmailStats.parse(stats)).toEqual({
    byStatus: { pending: 0, processing: 0, no_reply: 1, needs_review: 1, approved: 0, sent: 0, rejected: 0 },
    byIntent: { inquiry: 1, meeting_request: 0, complaint: 0, follow_up: 0, spam: 0, other: 1 },
    quarantined: 0,
  })
})

test('processing answers with the run it queued, and refuses a second one', async () => {
  const owner = await newInbox(
    app,
    { subject: 'digest', headers: ['List-Id: <n.engine.example>'] },
    { direction: 'out', subject: 'note' },
  )
  await app.drain()
  const client = await httpClient(app, owner)
  const { id } = await findMail(app, owner, 'digest')
  const { traceId } = await client.emails.process.mutate({ emailId: id })
  expect(await client.traces.get.query({ traceId })).toMatchObject({ emailId: id, status: 'queued', steps: [] })
  expect(await refusalOf(client.emails.process.mutate({ emailId: id }))).toMatchObject({
    status: 409,
    reason: 'EMAIL_IN_PROGRESS',
  })
  await app.drain()
  expect(await client.traces.get.query({ traceId })).toMatchObject({ status: 'completed' })
  const { items } = await client.emails.list.query({ flow: 'out' })
  const own = client.emails.process.mutate({ emailId: items[0]!.id })
  expect(await refusalOf(own)).toMatchObject({ status: 409, reason: 'EMAIL_NOT_INBOUND' })
})

test('a mail of somebody else answers exactly like one that does not exist', async () => {
  const alice = await newInbox(app, { subject: 'secret', text: question })
  await app.drain()
  const { id, threadId } = await findMail(app, alice, 'secret')
  const bob = await httpClient(app, await app.newOwner())
  for (const emailId of [id, randomUUID()]) {
    expect(await refusalOf(bob.emails.get.query({ emailId }))).toEqual(notFound)
    expect(await refusalOf(bob.emails.process.mutate({ emailId }))).toEqual(notFound)
  }
  const noThread = { ...notFound, message: 'There is no such thread.' }
  for (const wanted of [threadId, 'unknown']) {
    expect(await refusalOf(bob.emails.thread.query({ threadId: wanted }))).toEqual(noThread)
    expect(await bob.emails.list.query({ threadId: wanted })).toEqual({ items: [], nextCursor: null })
  }
  expect(await bob.emails.list.query({ search: 'secret' })).toEqual({ items: [], nextCursor: null })
})

test('calls in a batch are answered each for itself', async () => {
  const owner = await newInbox(app, { subject: 'drawings', text: question })
  await app.drain()
  const client = await batchClient(app, owner)
  const [list, missing, stats] = await Promise.all([
    client.emails.list.query({}),
    refusalOf(client.emails.get.query({ emailId: randomUUID() })),
    client.emails.stats.query(),
  ])
  expect(list.items).toHaveLength(1)
  expect(missing.status).toBe(404)
  expect(stats.byStatus.needs_review).toBe(1)
})

test('any HTTP client can read the list', async () => {
  const owner = await newInbox(app, { subject: 'drawings', text: question })
  await app.drain()
  const input = encodeURIComponent(JSON.stringify({ limit: 5 }))
  const response = await fetch(`${await app.url()}/trpc/emails.list?input=${input}`, {
    headers: { authorization: `Bearer ${owner.accessToken}` },
  })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toContain('application/json')
  expect(response.headers.get('cache-control')).toBe('no-store')
  const body = (await response.json()) as { result: { data: { items: { subject: string }[] } } }
  expect(body.result.data.items.map(({ subject }) => subject)).toEqual(['drawings'])
})
