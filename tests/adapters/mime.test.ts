import { describe, expect, test } from 'vitest'
import { torture } from '../machines/fuzz-mime/torture.ts'
import { rawMail } from '../support/google-account.ts'
import { openCodec } from '../support/mime-codec.ts'

const { codec, parse } = openCodec()

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

  test.each(['"ada..b."@docomo.example', 'Ada <"Ada..B."@docomo.example>', 'Ada <ada..b.@docomo.example>'])(
    'an address whose dots have to be quoted is read, in one spelling: %s',
    async (person) => {
      const { mail } = await parse(
        rawMail({ From: person, To: `ann@example.com, ${person}, bob@example.com`, 'Reply-To': person }),
      )
      const address = 'ada..b.@docomo.example'
      expect([mail.from.address, mail.replyTo[0]?.address, mail.flags]).toEqual([address, address, []])
      expect(mail.to.map((reader) => reader.address)).toEqual(['ann@example.com', address, 'bob@example.com'])
    },
  )

  test.each([
    '"ada, b"@docomo.example',
    '"eve@example.com"@docomo.example',
    '"=?utf-8?q?ada?="@docomo.example',
    '"ada\\b"@docomo.example',
    'x"ada"@docomo.example',
    '"x"."ada"@docomo.example',
    '"x" . "ada"@docomo.example',
    '"x""ada"@docomo.example',
    '"ada"@docomo.example.evil@example.com',
  ])('what else stands in quotes makes no address: %s', async (person) => {
    const { mail } = await parse(rawMail({ From: person, To: person }))
    expect([mail.from.address, mail.to]).toEqual(['', []])
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
    expect(mail.attachments).toMatchObject([{ filename: 'passwd', mimeType: 'application/pdf' }])
    expect(mail.flags).toContain('bidi')
  })

  test.each([
    ['a@evil.example <b@bank.example>', 'b@bank.example'],
    ['<a@evil.example> <b@bank.example>', 'a@evil.example'],
    ['b@bank.example, <a@evil.example>', 'b@bank.example'],
  ])('two addresses in From are two senders: %s', async (from, first) => {
    const { mail, problem } = await parse(rawMail({ From: from }))
    expect(mail.from.address).toBe(first)
    expect(mail.flags).toContain('several-senders')
    expect(problem).toMatch(/Several senders/)
  })

  test.each([
    '"b@bank.example" <a@mail.example>',
    'a@mail.example (b@bank.example)',
    'a@mail.example <a@mail.example>',
  ])('a name, a comment and the same address again make no second sender: %s', async (from) => {
    const { mail } = await parse(rawMail({ From: from }))
    expect(mail.from.address).toBe('a@mail.example')
    expect(mail.flags).not.toContain('several-senders')
  })

  test.each(['John <john@machine . example>', 'john@machine.  example', 'john(here)@machine(there).example'])(
    'an address in an obsolete form is nobody rather than somebody else: %s',
    async (from) => {
      const { mail } = await parse(rawMail({ From: from, To: from }))
      expect([mail.from.address, mail.to]).toEqual(['', []])
    },
  )

  test('words in a reference header are no ids', async () => {
    const { mail } = await parse(
      rawMail({ 'In-Reply-To': 'Your message of Monday', References: 'see <a@b.example> above' }),
    )
    expect([mail.inReplyTo, mail.references]).toEqual([null, ['<a@b.example>']])
  })

  test('repeated headers are flagged', async () => {
    const { mail, problem } = await parse(`Subject: first\r\n${rawMail({ Subject: 'second' })}`)
    expect(mail).toMatchObject({ subject: 'first', flags: ['duplicate-headers'] })
    expect(problem).toBe('Repeated headers, the first counts: subject.')
  })
})

describe('hostile mail', () => {
  test('a mail that is nothing at all is quarantined', async () => {
    const reading = await codec.parse(Buffer.alloc(0))
    expect(reading).toEqual({ kind: 'quarantined', mail: null, problem: 'The message is empty.' })
  })

  test('of a mail over 25 MB only the headers are read', async () => {
    const reading = await codec.parse(Buffer.from(rawMail({}, 'x'.repeat(25_100_000))))
    expect(reading).toMatchObject({
      kind: 'partial',
      mail: { subject: 'Hello', text: '', from: { address: 'ann@example.com' } },
      problem: expect.stringMatching(/more than 25/),
    })
  })

  test('of a mail with a header of a megabyte the text is read, and the problem says what is not', async () => {
    const { mail, problem } = await parse(torture['a header line of a megabyte']!())
    expect(mail).toMatchObject({ subject: 'Hello', text: 'Hello' })
    expect(problem).toMatch(/header is too long/)
  })

  test('of 10,000 parts the first 500 are read', async () => {
    const { mail, problem } = await parse(torture['10,000 parts']!())
    expect(mail.text.match(/x/g)).toHaveLength(500)
    expect(problem).toMatch(/more than 500 parts/)
  })
})

test.each([
  ['"Ada Byron <ada@engine.example>', 'a quote that does not end'],
  ['(Ada Byron <ada@engine.example>', 'a parenthesis that does not end'],
  ['Ada Byron <mailto:ada@engine.example>', 'mailto'],
])('the sender %s is readable in spite of %s', async (from) => {
  const { mail } = await parse(`From: ${from}\r\nSubject: A question\r\n\r\nHello`)
  expect(mail.from).toEqual({ name: 'Ada Byron', address: 'ada@engine.example' })
})

test('behind a quote that does not end two addresses are nobody rather than one of them', async () => {
  const { mail } = await parse('From: "Ada <ada@engine.example> <eve@engine.example>\r\n\r\nHello')
  expect(mail.from.address).toBe('')
})
