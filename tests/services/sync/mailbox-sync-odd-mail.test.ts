import { afterAll, expect, test } from 'vitest'
import { createTestApp } from '../../support/app.ts'
import { corpusMails, hasCorpus } from '../../support/corpus.ts'
import { openInbox } from '../../support/connected-inbox.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

const onlyStored = { autonomy: 'off', classifyOnSync: false } as const
const long = 'x'.repeat(290)

const oddMails: readonly [string, Buffer | string][] = [
  ['no From', 'To: me@studio.example\r\nSubject: Nobody\r\n\r\nHello'],
  ['no subject', 'From: ada@engine.example\r\n\r\nHello'],
  ['no header at all', '\r\nHello'],
  ['nothing at all', ''],
  [
    'an address of 300 characters',
    `From: <${long}@engine.example>\r\nTo: <${long}@a.example>\r\nSubject: Long\r\n\r\nHello`,
  ],
  ['an address of 4000 characters', `From: <${'y'.repeat(4_000)}@engine.example>\r\nSubject: Longer\r\n\r\nHello`],
  ['a subject of 100,000 characters', `From: ada@engine.example\r\nSubject: ${'word '.repeat(20_000)}\r\n\r\nHello`],
  [
    'a boundary that never comes',
    'From: a@b.example\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n--y\r\n\r\nHello',
  ],
  ['parts within parts without end', nested(300)],
  ['base64 that is none', 'From: a@b.example\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!not base64!!!'],
  ['an unknown charset', 'From: a@b.example\r\nContent-Type: text/plain; charset=klingon\r\n\r\nHello'],
  ['NUL bytes', 'From: "A\0da" <a\0da@engine.example>\r\nSubject: Nu\0l\r\nX-Odd: \0\r\n\r\nHel\0lo'],
  [
    'encoded NUL bytes',
    'From: =?utf-8?B?QQBk?= <a@b.example>\r\nSubject: =?utf-8?B?TgBV?=\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nHel=00lo',
  ],
  ['lone surrogates', utf8OfLoneSurrogates()],
  [
    'HTML of lone surrogates',
    'From: a@b.example\r\nSubject: s\r\nContent-Type: text/html\r\n\r\n<p>&#xD800; &#0; &#x110000; Hello</p>',
  ],
  ['5 MB of text', `From: ada@engine.example\r\nSubject: Much\r\n\r\n${'All work and no play. '.repeat(240_000)}`],
  ['100,000 different words', `From: ada@engine.example\r\nSubject: Words\r\n\r\n${words(100_000)}`],
  [
    '2,000 recipients',
    `From: a@b.example\r\nTo: ${Array.from({ length: 2_000 }, (_, n) => `r${n}@b.example`).join(', ')}\r\n\r\nHello`,
  ],
  ['the same recipient twice', 'From: a@b.example\r\nTo: r@b.example, R@B.example\r\n\r\nHello'],
  ['an attachment with a path for a name', attachment('../../etc/pass\0wd')],
  ['a date that is none', 'From: a@b.example\r\nDate: the day after tomorrow\r\nSubject: When\r\n\r\nHello'],
]

test('odd mail is stored or quarantined with a reason, and never stops a sync or breaks a list', async () => {
  const inbox = await openInbox(app, onlyStored)
  for (const [, raw] of oddMails) await app.google.deliver(inbox.owner.email, raw, { receivedAt: app.clock.now() })

  await inbox.receive({ subject: 'An ordinary mail after them all' })

  const { kept, quarantined } = await outcome(inbox)
  expect(kept + quarantined).toBe(oddMails.length + 1)
  expect(kept).toBeGreaterThanOrEqual(oddMails.length)
  await expectReadable(inbox)
})

test('odd mail can be worked on: it ends in review, needs no reply, or says what is wrong', async () => {
  const inbox = await openInbox(app)
  for (const [, raw] of oddMails) {
    await app.google.deliver(inbox.owner.email, raw, { receivedAt: app.clock.now() })
  }
  await inbox.sync()

  const statuses = new Set((await inbox.emails()).map(({ status }) => status))
  for (const status of statuses) expect(['needs_review', 'no_reply']).toContain(status)
  await expectReadable(inbox)
})

test.runIf(hasCorpus())('a sample of the world’s broken mail comes through', tryWorld)

async function tryWorld() {
  const inbox = await openInbox(app, onlyStored)
  const sample = corpusMails('mime', { every: 4 })
  expect(sample.length).toBeGreaterThan(20)
  for (const mail of sample) await app.google.deliver(inbox.owner.email, mail.read(), { receivedAt: app.clock.now() })

  await inbox.sync()

  const { kept, quarantined } = await outcome(inbox)
  expect(kept + quarantined).toBe(sample.length)
  expect(quarantined).toBeLessThan(sample.length / 20)
  await expectReadable(inbox)
}

type Inbox = Awaited<ReturnType<typeof openInbox>>

async function outcome({ userId }: Inbox): Promise<{ kept: number; quarantined: number }> {
  const count = async (table: 'emails' | 'quarantinedMessages') => {
    const rows = await app.db.selectFrom(table).where('userId', '=', userId).select('id').execute()
    return rows.length
  }
  const rows = await app.db.selectFrom('quarantinedMessages').where('userId', '=', userId).select('reason').execute()
  for (const { reason } of rows) expect(reason).not.toBe('')
  return { kept: await count('emails'), quarantined: await count('quarantinedMessages') }
}

/** Every list and every single mail still answers, in the shape the contract promises. */
async function expectReadable({ api, mailbox }: Inbox): Promise<void> {
  expect((await mailbox()).lastError).toBeNull()
  const emailIds: string[] = []
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await api.emails.list({ limit: 40, ...(cursor && { cursor }) })
    emailIds.push(...page.items.map(({ id }) => id))
    cursor = page.nextCursor
  }
  for (const emailId of emailIds) await api.emails.get({ emailId })
  for (const search of ['hello', "o'brien \0 & | ! :*", '\ud800', '"'])
    await api.emails.list({ search }).catch(expectRefusal)
}

/** What cannot be searched for is refused as the caller's mistake. */
function expectRefusal(error: unknown): void {
  expect(error).toMatchObject({ code: 'BAD_REQUEST' })
}

function nested(depth: number): string {
  const levels = Array.from(
    { length: depth },
    (_, n) => `Content-Type: multipart/mixed; boundary="b${n}"\r\n\r\n--b${n}\r\n`,
  )
  return `From: a@b.example\r\nSubject: Deep\r\n${levels.join('')}Content-Type: text/plain\r\n\r\nHello`
}

function utf8OfLoneSurrogates(): Buffer {
  const surrogate = Buffer.from([0xed, 0xa0, 0x80])
  const head = Buffer.from('From: ada@engine.example\r\nContent-Type: text/plain; charset=utf-8\r\nSubject: ')
  return Buffer.concat([head, surrogate, Buffer.from('\r\n\r\nHello '), surrogate])
}

function words(count: number): string {
  return Array.from({ length: count }, (_, n) => `w${n.toString(36)}`).join(' ')
}

function attachment(name: string): string {
  return [
    'From: a@b.example',
    'Subject: A file',
    'Content-Type: multipart/mixed; boundary="b"',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'Hello',
    '--b',
    'Content-Type: application/octet-stream',
    `Content-Disposition: attachment; filename="${name}"`,
    '',
    'x',
    '--b--',
  ].join('\r\n')
}
