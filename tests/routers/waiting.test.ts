import { randomUUID } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { createTestApp } from '../support/app.ts'
import { openInbox } from '../support/connected-inbox.ts'
import { httpClient } from '../support/http-client.ts'
import type { MailToWrite } from '../support/mail.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

const dayMs = 86_400_000
const daysAgo = (days: number) => new Date(app.clock.now().getTime() - days * dayMs)
const asked = {
  direction: 'out',
  text: 'Hello Ada,\r\n\r\nthank you. When can you come? I am here all week.\r\n\r\nMara',
} as const

async function open() {
  const inbox = await openInbox(app, { processOnSync: false, lookBackDays: 365 })
  const client = await httpClient(app, inbox.owner)
  return {
    client,
    address: inbox.owner.email,
    deliver: (mail: MailToWrite) => app.deliver(inbox.owner, mail),
    /** The subjects of what waits. */
    async waiting(days?: number): Promise<string[]> {
      await inbox.sync()
      return (await client.emails.waiting.query(days === undefined ? {} : { days })).items.map(({ subject }) => subject)
    },
  }
}

test('what the owner asked and nobody answered is told with its question and since when', async () => {
  const { client, deliver, waiting } = await open()
  const at = daysAgo(5)
  const { threadId } = await deliver({ ...asked, subject: 'Visit', at })
  expect(await waiting()).toEqual(['Visit'])
  const { items, nextCursor } = await client.emails.waiting.query({})
  expect(items).toEqual([
    {
      emailId: expect.any(String),
      mailboxId: expect.any(String),
      threadId,
      subject: 'Visit',
      to: [{ name: 'Ada Byron', address: 'ada@engine.example' }],
      sentAt: at.toISOString(),
      question: 'When can you come?',
    },
  ])
  expect(nextCursor).toBeNull()
  expect(await waiting(6)).toEqual([])
})

test('an answer ends the waiting, a bounce or an out-of-office notice does not', async () => {
  const { deliver, waiting } = await open()
  const answers: [string, MailToWrite][] = [
    ['answered', { text: 'Tomorrow.' }],
    ['answered by somebody else', { from: 'Bob <bob@engine.example>', text: 'She is away until May.' }],
    ['out of office', { headers: ['Auto-Submitted: auto-replied'], text: 'I am away.' }],
    ['bounced', { from: 'Mail Delivery <mailer-daemon@engine.example>', headers: ['Return-Path: <>'], text: 'Sorry.' }],
  ]
  for (const [subject, answer] of answers) {
    const messageId = `<${randomUUID()}@studio.example>`
    await deliver({ ...asked, subject, messageId, at: daysAgo(5) })
    await deliver({ ...answer, subject: `Re: ${subject}`, inReplyTo: messageId, at: daysAgo(4) })
  }
  expect((await waiting()).toSorted()).toEqual(['bounced', 'out of office'])
})

test('thanks, an address with a question mark, a note to oneself and what is very old wait for nobody', async () => {
  const { address, deliver, waiting } = await open()
  await deliver({ ...asked, subject: 'thanks', text: 'Thank you!', at: daysAgo(5) })
  await deliver({ ...asked, subject: 'address', text: 'See https://engine.example/?page=2 there.', at: daysAgo(5) })
  await deliver({ ...asked, subject: 'to myself', to: address, at: daysAgo(5) })
  await deliver({ ...asked, subject: 'very old', at: daysAgo(100) })
  await deliver({ ...asked, subject: 'today', at: daysAgo(0) })
  expect(await waiting()).toEqual([])
})

test('of a conversation the last question is told, and pages hold each once', async () => {
  const { client, deliver, waiting } = await open()
  for (let n = 1; n <= 5; n++) await deliver({ ...asked, subject: `Mail ${n}`, at: daysAgo(10 + n) })
  const messageId = `<${randomUUID()}@studio.example>`
  const later = { ...asked, inReplyTo: messageId }
  await deliver({ ...asked, subject: 'Twice', messageId, at: daysAgo(30) })
  await deliver({ ...later, subject: 'Re: Twice', at: daysAgo(9) })
  await deliver({ ...later, subject: 'Re: Re: Twice', text: 'The drawing is attached.', at: daysAgo(8) })
  const all = ['Re: Twice', 'Mail 1', 'Mail 2', 'Mail 3', 'Mail 4', 'Mail 5']
  expect(await waiting()).toEqual(all)
  const seen: string[] = []
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await client.emails.waiting.query({ limit: 4, ...(cursor && { cursor }) })
    seen.push(...page.items.map(({ subject }) => subject))
    cursor = page.nextCursor
  }
  expect(seen).toEqual(all)
})
