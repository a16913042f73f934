import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { ReplyLikeness } from '../../server/mail/fields.ts'
import { connectGoogle, rawMail } from '../support/google-account.ts'

const answered = '<q@example.com>'
const reply = { To: 'ann@example.com', Subject: 'Re: Question', 'In-Reply-To': answered, References: answered }
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000)

const likeness: ReplyLikeness = {
  inReplyTo: answered,
  sentAfter: minutesAgo(1),
  hasText: (text) => text.trim() === 'Yes, gladly.',
}

/** An account with one received question, and own answers in its thread. */
async function openThread() {
  await using stack = new AsyncDisposableStack()
  const google = stack.use(await connectGoogle())
  const { sandbox, email, mailSender, ref } = google
  const { threadId } = await sandbox.deliver(email, rawMail({ 'Message-ID': answered, Subject: 'Question' }))
  const owned = stack.move()
  return {
    ...google,
    threadId,
    /** The owner's own answer, as Gmail files it. */
    async write(headers: Record<string, string> = {}, text = 'Yes, gladly.', receivedAt = new Date()) {
      const raw = rawMail({ From: email, ...reply, ...headers }, text)
      return (await sandbox.deliver(email, raw, { labels: ['SENT'], receivedAt })).id
    },
    find: (outboxId: string, like?: ReplyLikeness) => mailSender.findSent(ref, { threadId, outboxId, likeness: like }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

test('a sent reply is found by our header, in whatever case it comes back', async () => {
  await using thread = await openThread()
  const outboxId = randomUUID()
  await thread.write({ 'X-ReasonFlow-Outbox': randomUUID() })
  const gmailId = await thread.write({ 'X-Reasonflow-Outbox': outboxId.toUpperCase() }, 'Something else')
  expect(await thread.find(outboxId)).toEqual({ gmailId })
  expect(await thread.find(outboxId, likeness)).toEqual({ gmailId })
})

test('a sent reply without our header is known by what it answers, when it came and its text', async () => {
  await using thread = await openThread()
  const gmailId = await thread.write({ 'Message-ID': '<CA+rewritten@mail.gmail.com>' })
  expect(await thread.find(randomUUID(), likeness)).toEqual({ gmailId })
  expect(await thread.find(randomUUID())).toBeNull()
})

test.each<[string, Record<string, string>, string, Date]>([
  ['in other words, written by hand', {}, 'No, sorry.', new Date()],
  ['in the same words, from before', {}, 'Yes, gladly.', minutesAgo(2)],
  [
    'in the same words, to another mail of the thread',
    { 'In-Reply-To': '<other@example.com>' },
    'Yes, gladly.',
    new Date(),
  ],
  [
    'in the same words, with the header of another send',
    { 'X-ReasonFlow-Outbox': randomUUID() },
    'Yes, gladly.',
    new Date(),
  ],
])('an answer of the owner is not taken for ours: %s', async (_name, headers, text, at) => {
  await using thread = await openThread()
  await thread.write(headers, text, at)
  expect(await thread.find(randomUUID(), likeness)).toBeNull()
})

test('nor is a draft in the same words, nor a mail that somebody else sent', async () => {
  await using thread = await openThread()
  const { sandbox, email } = thread
  await sandbox.deliver(email, rawMail({ From: email, ...reply }, 'Yes, gladly.'), { labels: ['SENT', 'DRAFT'] })
  await sandbox.deliver(email, rawMail({ ...reply }, 'Yes, gladly.'))
  expect(await thread.find(randomUUID(), likeness)).toBeNull()
})

test('a mail of many parts is read by its plain text', async () => {
  await using thread = await openThread()
  const boundary = 'b1'
  const part = (type: string, text: string) => `--${boundary}\r\nContent-Type: ${type}\r\n\r\n${text}\r\n`
  const body = `${part('text/plain; charset=utf-8', 'Yes, gladly.')}${part('text/html', '<p>Yes</p>')}--${boundary}--`
  const gmailId = await thread.write({ 'Content-Type': `multipart/alternative; boundary=${boundary}` }, body)
  expect(await thread.find(randomUUID(), likeness)).toEqual({ gmailId })
})

test('however many answers the owner wrote, five of them are read at most', async () => {
  await using thread = await openThread()
  for (let n = 0; n < 12; n++) await thread.write({}, `By hand ${n}`)
  expect(await thread.find(randomUUID(), likeness)).toBeNull()
  expect(thread.requests(/\/messages\/\w+$/, 'GET')).toHaveLength(5)
})

test('what Gmail made of a draft of ours is found again when it took away header and Message-ID', async () => {
  await using google = await connectGoogle({}, { rewriteMessageId: true, dropHeaders: ['X-ReasonFlow-Outbox'] })
  const { sandbox, mailSender, ref, email } = google
  const { threadId } = await sandbox.deliver(email, rawMail({ 'Message-ID': answered, Subject: 'Question' }))
  const outboxId = randomUUID()
  const raw = rawMail({ From: email, ...reply, 'X-ReasonFlow-Outbox': outboxId }, 'Yes, gladly.')
  const draftId = await mailSender.createGmailDraft(ref, { threadId, raw: Buffer.from(raw) })
  expect(await mailSender.findSent(ref, { threadId, outboxId, likeness })).toBeNull()
  const sent = await mailSender.sendGmailDraft(ref, draftId)
  expect(await mailSender.findSent(ref, { threadId, outboxId, likeness })).toEqual(sent)
  expect(await mailSender.findSent(ref, { threadId, outboxId })).toBeNull()
})
