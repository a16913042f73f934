import { afterAll, expect, test } from 'vitest'
import { createMimeCodec } from '../../server/adapters/mime/codec.ts'
import type { ReplyToCompose } from '../../server/mail/fields.ts'

const codec = createMimeCodec({ deadlineMs: 60_000 })
afterAll(() => codec[Symbol.asyncDispose]())

const reply: ReplyToCompose = {
  from: { name: 'Owner', address: 'owner@example.com' },
  to: [{ name: 'Ann, the first', address: 'ann@example.com' }],
  cc: [],
  subject: 'Re: Grüße',
  text: 'Dear Ann,\n\n1 < 2 & "so on"\n\nOwner',
  inReplyTo: '<b.2@example.com>',
  references: ['<a.1@example.com>', '<b.2@example.com>'],
  outboxId: '7c5a2f0e-0000-4000-8000-000000000001',
  isAutomatic: false,
}

function headerNames(raw: Buffer): string[] {
  const [head = ''] = raw.toString('latin1').split('\r\n\r\n')
  return head.split(/\r\n(?![ \t])/).map((line) => line.slice(0, line.indexOf(':')).toLowerCase())
}

test('what is composed reads back as the same reply', async () => {
  const raw = await codec.compose(reply)
  const { mail, problem } = await codec.parse(raw)
  expect(problem).toBeNull()
  expect(mail).toMatchObject({
    from: reply.from,
    to: reply.to,
    subject: reply.subject,
    inReplyTo: reply.inReplyTo,
    references: reply.references,
    headers: { 'x-reasonflow-outbox': reply.outboxId },
    attachments: [],
  })
  expect(mail?.text.trim()).toBe(reply.text)
  expect(mail?.html).toContain('<p>1 &lt; 2 &amp; "so on"</p>')
  expect(headerNames(raw)).toEqual(expect.arrayContaining(['date', 'message-id', 'mime-version']))
})

test('no field becomes another header', async () => {
  const attack = 'x\r\nBcc: eve@example.com\r\n\r\nbody\0'
  const raw = await codec.compose({
    ...reply,
    subject: attack,
    from: { ...reply.from, name: attack },
    to: [{ name: attack, address: 'ann@example.com' }],
    cc: [{ name: attack, address: 'cc@example.com' }],
    inReplyTo: `<a@example.com>${attack}`,
    references: [attack, '<ok@example.com>', '<a b@example.com>', `<${attack}@example.com>`],
  })
  expect(headerNames(raw).toSorted()).toEqual([
    'cc',
    'content-type',
    'date',
    'from',
    'message-id',
    'mime-version',
    'references',
    'subject',
    'to',
    'x-reasonflow-outbox',
  ])
  const { mail } = await codec.parse(raw)
  expect(mail).toMatchObject({ references: ['<ok@example.com>'], inReplyTo: null, bcc: [] })
  expect(mail?.to).toHaveLength(1)
})

test.each([
  'ann@example.com, eve@example.com',
  'ann@example.com\r\nBcc: eve@example.com',
  'Ann <ann@example.com>',
  'ann@example.com;eve@example.com',
  'ann@ex ample.com',
  'ann@example.com\0',
  '"ann" <x>@example.com',
  'ann',
  '',
])('a mail is never composed for the address %j', async (address) => {
  const composed = codec.compose({ ...reply, to: [{ name: '', address }] })
  await expect(composed).rejects.toThrow(/not an address/)
})

test('an outbox id that is none is refused', async () => {
  const composed = codec.compose({ ...reply, outboxId: 'x\r\nBcc: eve@example.com' })
  await expect(composed).rejects.toThrow(/not an outbox id/)
})

test('an automatic reply says so to other machines, and is plain text alone; any other does not', async () => {
  const automatic = await codec.compose({ ...reply, isAutomatic: true })
  const { mail } = await codec.parse(automatic)
  expect(mail?.headers['auto-submitted']).toBe('auto-replied')
  expect(mail?.headers['content-type']).toMatch(/^text\/plain/)
  expect(mail?.html).toBeNull()
  expect(mail?.text.trim()).toBe(reply.text)
  expect(headerNames(await codec.compose(reply))).not.toContain('auto-submitted')
})
