import { afterAll, describe, expect, test } from 'vitest'
import { createMimeCodec } from '../../server/adapters/mime/codec.ts'
import type { ParsedMail } from '../../server/ports.ts'
import { rawMail } from '../support/google-account.ts'

const codec = createMimeCodec()
afterAll(() => codec[Symbol.asyncDispose]())

async function parse(raw: string | Buffer): Promise<{ mail: ParsedMail; problem: string | null }> {
  const { mail, problem } = await codec.parse(Buffer.from(raw as string))
  if (!mail) throw new Error(`nothing was read: ${problem}`)
  return { mail, problem }
}

const html = (body: string) => rawMail({ 'Content-Type': 'text/html; charset=utf-8' }, body)

describe('fields', () => {
  test('an ordinary reply comes out as its fields, addresses in lower case', async () => {
    const { mail, problem } = await parse(
      rawMail(
        {
          From: '"Ann, the first" <Ann@Example.COM>',
          To: 'Owner <Owner@example.com>, team: bob@example.com, eve@example.com;',
          Cc: 'eve@example.com',
          'Reply-To': 'desk@example.com',
          Subject: '=?utf-8?q?Gr=C3=BC=C3=9Fe?=',
          'Message-ID': '<a.1@example.com>',
          'In-Reply-To': '<b.2@example.com> (see above)',
          References: '<c.3@example.com>\r\n <b.2@example.com>',
          'List-Id': 'folded\r\n  <list.example.com>',
          'X-Secret-Tracker': 'not kept',
        },
        'Yes, gladly.\r\n\r\nOn Mon, 2 Mar 2026 at 10:00, Owner <owner@example.com> wrote:\r\n> Will you come?\r\n',
      ),
    )
    expect(problem).toBeNull()
    expect(mail).toMatchObject({
      from: { name: 'Ann, the first', address: 'ann@example.com' },
      cc: [{ name: '', address: 'eve@example.com' }],
      replyTo: [{ name: '', address: 'desk@example.com' }],
      subject: 'Grüße',
      messageId: '<a.1@example.com>',
      inReplyTo: '<b.2@example.com>',
      references: ['<c.3@example.com>', '<b.2@example.com>'],
      freshText: 'Yes, gladly.',
      html: null,
    })
    expect(mail.to.map(({ address }) => address)).toEqual(['owner@example.com', 'bob@example.com', 'eve@example.com'])
    expect(mail.text).toContain('> Will you come?')
    expect(mail.headers['list-id']).toBe('folded <list.example.com>')
    expect(Object.keys(mail.headers)).not.toContain('x-secret-tracker')
  })

  test('a mail without a sender is kept, with a problem and an empty address', async () => {
    const { mail, problem } = await parse('To: owner@example.com\r\nSubject: hm\r\n\r\nHello\r\n')
    expect(mail.from).toEqual({ name: '', address: '' })
    expect(problem).toBe('No sender address is given.')
  })

  test('a mail without a subject has an empty one', async () => {
    const { mail } = await parse('From: ann@example.com\r\n\r\nHello\r\n')
    expect(mail.subject).toBe('')
  })

  test('of several senders the first counts, and the problem says so', async () => {
    const inOne = await parse(rawMail({ From: 'ann@example.com, eve@example.com' }))
    const inTwo = await parse(`From: ann@example.com\r\n${rawMail({ From: 'eve@example.com' })}`)
    for (const { mail, problem } of [inOne, inTwo]) {
      expect(mail.from.address).toBe('ann@example.com')
      expect(problem).toMatch(/first counts/)
    }
  })

  test('of a repeated header the topmost one is kept', async () => {
    const { mail } = await parse(
      `Authentication-Results: mx.google.com; dmarc=fail\r\n${rawMail({ 'Authentication-Results': 'evil; dmarc=pass' })}`,
    )
    expect(mail.headers['authentication-results']).toBe('mx.google.com; dmarc=fail')
  })

  test('an address of 300 characters is kept, one of 400 is nobody rather than somebody else', async () => {
    const ofLength = (length: number) => `${'a'.repeat(length - '@example.com'.length)}@example.com`
    const long = await parse(rawMail({ From: ofLength(300) }))
    expect(long.mail.from.address).toHaveLength(300)
    const tooLong = await parse(rawMail({ From: `Ann <${ofLength(400)}>`, To: ofLength(400) }))
    expect(tooLong.mail.from).toEqual({ name: 'Ann', address: '' })
    expect(tooLong.mail.to).toEqual([])
  })

  test('a mended address is no address either: it might be somebody else', async () => {
    const { mail } = await parse(rawMail({ From: '"ann x"@example.com', To: 'bob @ example.com' }))
    expect([mail.from.address, mail.to[0]?.address]).toEqual(['', 'bob@example.com'])
  })

  test('a look-alike domain shows as what it is', async () => {
    const { mail } = await parse(rawMail({ From: 'ann@еxample.com' }))
    expect(mail.from.address).toMatch(/@xn--/)
  })

  test('names, subjects and file names lose line breaks, bidi overrides and paths', async () => {
    const encoded = (text: string) => `=?utf-8?b?${Buffer.from(text).toString('base64')}?=`
    const { mail } = await parse(
      rawMail(
        {
          From: `${encoded('Ann\r\nBcc: eve@example.com')} <ann@example.com>`,
          Subject: encoded('invoice\u202Egpj.exe\r\nX: y'),
          'Content-Type': 'application/pdf',
          'Content-Disposition': 'attachment; filename="../../etc/pass\u202Ewd"',
        },
        'x',
      ),
    )
    expect(mail.from.name).toBe('Ann Bcc: eve@example.com')
    expect(mail.subject).toBe('invoicegpj.exe X: y')
    expect(mail.attachments).toEqual([
      { filename: 'passwd', mimeType: 'application/pdf', sizeBytes: expect.any(Number) },
    ])
  })
})

describe('text', () => {
  test('plain text is what counts when a mail has both forms', async () => {
    const parts = [
      '--b',
      'Content-Type: text/plain',
      '',
      'plain',
      '--b',
      'Content-Type: text/html',
      '',
      '<p>rich</p>',
      '--b--',
    ]
    const { mail } = await parse(rawMail({ 'Content-Type': 'multipart/alternative; boundary=b' }, parts.join('\r\n')))
    expect(mail).toMatchObject({ text: expect.stringContaining('plain'), html: '<p>rich</p>' })
    expect(mail.text).not.toContain('rich')
  })

  test('an HTML body does not vanish behind a plain footer', async () => {
    const parts = [
      '--b',
      'Content-Type: text/html',
      '',
      '<p>The offer</p>',
      '--b',
      'Content-Type: text/plain',
      '',
      'A footer',
      '--b--',
    ]
    const { mail } = await parse(rawMail({ 'Content-Type': 'multipart/mixed; boundary=b' }, parts.join('\r\n')))
    expect(mail.text.indexOf('The offer')).toBeGreaterThanOrEqual(0)
    expect(mail.text.indexOf('A footer')).toBeGreaterThan(mail.text.indexOf('The offer'))
  })

  test('of HTML a person and the model read the same: nothing hidden, nothing that runs or loads', async () => {
    const { mail } = await parse(
      html(`<html><head><title>t</title><style>p{}</style></head><body onload="x()">
        <div style="DISPLAY : none">hidden one <img src="https://spy.example/1.png"></div><p hidden>hidden two</p>
        <span style="opacity:0">hidden three</span><script>evil()</script><form action="https://x"><input value="v"></form>
        <p>Please <a href="https://example.com/offer" onclick="x()">read</a> <a href="javascript:x()">or not</a>
        <a href="/account/delete">relative</a> <a href="//evil.example">schemeless</a></p>
        <table><tr><td>Price</td><td>12 EUR</td></tr></table><blockquote>old words</blockquote></body></html>`),
    )
    expect(mail.text).toContain('Please read or not')
    expect(mail.text).toContain('Price 12 EUR')
    expect(mail.freshText).not.toContain('old words')
    for (const form of [mail.text, mail.html ?? '']) {
      expect(form).not.toMatch(/hidden|evil|spy|javascript|account|onclick|onload|<style|<form|<input|<img/)
    }
    expect(mail.html).toContain('<a href="https://example.com/offer" rel="noopener noreferrer">read</a>')
  })

  test('zero-width and tag characters are gone from the text', async () => {
    const { mail } = await parse(
      rawMail({ 'Content-Type': 'text/plain; charset=utf-8' }, 'pay\u200B me\u{E0041}\u{E0042} now\u2066'),
    )
    expect(mail.text.trim()).toBe('pay me now')
  })

  test('text and HTML stay within their bounds', async () => {
    const long = await parse(rawMail({}, 'ü'.repeat(400_000)))
    expect(Buffer.byteLength(long.mail.text)).toBeLessThanOrEqual(500_000)
    expect(long.problem).toBe('The text is too long and was cut.')
    const rich = await parse(html('<p>&</p>'.repeat(125_000)))
    expect(rich.mail.html).toBeNull()
  })
})

const torture: Record<string, string | Buffer> = {
  'bytes that are no mail': Buffer.from(Array.from({ length: 4_096 }, (_, index) => (index * 151) % 256)),
  'text without any header': 'just a line of text',
  'NUL everywhere': rawMail({ Subject: 'a\0b', From: 'A\0nn <ann\0@example.com>' }, 'c\0d'),
  'lone surrogates': rawMail(
    { 'Content-Type': 'text/html; charset=utf-8', Subject: '=?utf-16?b?2AA=?=' },
    '&#xD800; &#55296;',
  ),
  'eight-bit headers': Buffer.from(rawMail({ Subject: 'Grüße', From: 'Jörg <jörg@example.com>' }), 'latin1'),
  'a boundary that never comes': rawMail({ 'Content-Type': 'multipart/mixed; boundary=b' }, 'no parts here'),
  'a boundary without a name': rawMail({ 'Content-Type': 'multipart/mixed' }, '--\r\n\r\nx'),
  'a part that never ends': rawMail(
    { 'Content-Type': 'multipart/mixed; boundary=b' },
    '--b\r\nContent-Type: text/plain',
  ),
  '600 parts': rawMail({ 'Content-Type': 'multipart/mixed; boundary=b' }, '--b\r\n\r\nx\r\n'.repeat(600)),
  '400 nested parts': nested(400),
  '200,000 nested elements': html(`${'<b>'.repeat(200_000)}x`),
  'a million angle brackets': html('<'.repeat(1_000_000)),
  'a header of 400 kB': rawMail({
    To: Array.from({ length: 20_000 }, (_, index) => `u${index}@example.com`).join(', '),
  }),
  'a name of 100,000 brackets': rawMail({ From: '('.repeat(100_000) }),
  'an encoded word of 200 kB': rawMail({ Subject: `=?utf-8?q?${'=41'.repeat(60_000)}?=` }),
  '64 kB of blanks after From:': rawMail({}, `From:${' '.repeat(64_000)}x`),
  '200 kB of line ends': rawMail({}, `${'\n'.repeat(200_000)}x`),
  'half a megabyte of quote marks': rawMail({}, '>'.repeat(500_000)),
  'an unknown charset': rawMail({ 'Content-Type': 'text/plain; charset=klingon-8' }, 'x'),
  'base64 that is none': rawMail({ 'Content-Transfer-Encoding': 'base64' }, '!!!not base64!!!'),
}

describe('hostile mail', { timeout: 20_000 }, () => {
  test.each(Object.entries(torture))('%s: a typed result in time, fit for the database', async (_name, raw) => {
    const startedAt = performance.now()
    const { mail } = await codec.parse(Buffer.from(raw as string))
    expect(performance.now() - startedAt).toBeLessThan(4_000)
    expect(mail).not.toBeNull()
    expect(stringsIn(mail).filter((text) => text.includes('\0') || !text.isWellFormed())).toEqual([])
  })

  test('a mail that is nothing at all is no mail', async () => {
    expect(await codec.parse(Buffer.alloc(0))).toEqual({ mail: null, problem: 'The message is empty.' })
  })

  test('what was read before the deadline is kept, and the next mail is read by a fresh worker', async () => {
    const { mail, problem } = await parse(torture['200,000 nested elements'] as string)
    expect(problem).toMatch(/took too long/)
    expect(mail.from.address).toBe('ann@example.com')
    expect((await parse(rawMail({}))).problem).toBeNull()
  })

  test('of a mail over 25 MB only the headers are read', async () => {
    const { mail, problem } = await parse(rawMail({}, 'x'.repeat(25_100_000)))
    expect(mail).toMatchObject({ subject: 'Hello', text: '', from: { address: 'ann@example.com' } })
    expect(problem).toMatch(/more than 25/)
  })

  test('mails read at the same time each get their own result', async () => {
    const subjects = Array.from({ length: 30 }, (_, index) => `mail ${index}`)
    const read = await Promise.all(subjects.map((Subject) => parse(rawMail({ Subject }))))
    expect(read.map(({ mail }) => mail.subject)).toEqual(subjects)
  })
})

function nested(depth: number): string {
  const opened = Array.from({ length: depth }, (_, level) => {
    return `Content-Type: multipart/mixed; boundary=b${level}\r\n\r\n--b${level}\r\n`
  })
  return `From: ann@example.com\r\n${opened.join('')}\r\nhello`
}

/** Every string in it, keys included. */
function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return value && typeof value === 'object'
    ? Object.entries(value).flatMap(([key, item]) => [key, ...stringsIn(item)])
    : []
}
