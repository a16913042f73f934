import { describe, expect, test } from 'vitest'
import { rawMail } from '../support/google-account.ts'
import { openCodec } from '../support/mime-codec.ts'

const { parse } = openCodec()
const mixed = (...parts: string[]) => parts.map((part) => `--b\r\n${part}\r\n`).join('') + '--b--'
const multipart = (kind: string, ...parts: string[]) =>
  parse(rawMail({ 'Content-Type': `multipart/${kind}; boundary=b` }, mixed(...parts)))

const invitation = (event: string, more = '') =>
  multipart(
    'mixed',
    'Content-Type: text/plain\r\n\r\nPlease come.',
    `Content-Type: text/calendar; charset=utf-8; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\n${more}BEGIN:VEVENT\r\n${event}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`,
  )

describe('invitations', () => {
  test.each([
    ['in UTC', 'DTSTART:20260302T090000Z', '2026-03-02T09:00:00.000Z', 'UTC'],
    ['in a zone', 'DTSTART;TZID=Europe/Berlin:20260302T100000', '2026-03-02T09:00:00.000Z', 'Europe/Berlin'],
    ['in summer', 'DTSTART;TZID=Europe/Berlin:20260702T100000', '2026-07-02T08:00:00.000Z', 'Europe/Berlin'],
    ['of a whole day', 'DTSTART;VALUE=DATE:20260302', '2026-03-02', null],
    ['nowhere in particular', 'DTSTART:20260302T100000', '2026-03-02T10:00:00', null],
    ['in a zone nobody knows', 'DTSTART;TZID=Atlantis:20260302T100000', '2026-03-02T10:00:00', 'Atlantis'],
  ])('a time %s is told', async (_name, start, at, timeZone) => {
    const { mail } = await invitation(`UID:1@cal.example\r\nSUMMARY:Lunch\\, perhaps\r\n${start}`)
    expect(mail.calendar).toMatchObject({
      method: 'REQUEST',
      uid: '1@cal.example',
      summary: 'Lunch, perhaps',
      start: at,
      end: null,
      timeZone,
    })
    expect(mail.flags).toEqual(['calendar'])
    expect(mail.text.trim()).toBe('Please come.')
  })

  test('a zone in words is read by the rules sent along', async () => {
    const rules = 'BEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nTZOFFSETFROM:+0530\r\nTZOFFSETTO:+0530\r\nEND:STANDARD'
    const zone = `BEGIN:VTIMEZONE\r\nTZID:India Time\r\n${rules}\r\nEND:VTIMEZONE\r\n`
    const { mail } = await invitation('UID:1\r\nDTSTART;TZID=India Time:20260302T100000', zone)
    expect(mail.calendar).toMatchObject({ start: '2026-03-02T04:30:00.000Z', timeZone: 'India Time' })
  })

  test.each([
    ['days of', 'DTSTART;VALUE=DATE:20260404\r\nDURATION:P3D', '2026-04-07'],
    ['hours of', 'DTSTART;TZID=Europe/Berlin:20260404T100000\r\nDURATION:PT1H30M', '2026-04-04T09:30:00.000Z'],
    ['a week of', 'DTSTART:20260404T100000Z\r\nDURATION:P1W', '2026-04-11T10:00:00.000Z'],
    // Clocks go forward in that night.
    ['a day of', 'DTSTART;TZID=Europe/Berlin:20260328T120000\r\nDURATION:P1D', '2026-03-29T10:00:00.000Z'],
  ])('%s an invitation that names no end say when it ends', async (_name, event, end) => {
    expect((await invitation(`UID:1\r\n${event}`)).mail.calendar?.end).toBe(end)
  })

  test('of two equal times in the night when clocks go back, the first is meant', async () => {
    const { mail } = await invitation('UID:1\r\nDTSTART;TZID=Europe/Berlin:20261025T023000')
    expect(mail.calendar?.start).toBe('2026-10-25T00:30:00.000Z')
  })

  test('its words are read in the charset it declares', async () => {
    const part = 'Content-Type: text/calendar; charset=iso-8859-2\r\n\r\n'
    const lines = ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'UID:1', 'SUMMARY:Ob\xecd', 'END:VEVENT', 'END:VCALENDAR']
    const raw = rawMail({ 'Content-Type': 'multipart/mixed; boundary=b' }, mixed(part + lines.join('\r\n')))
    expect((await parse(Buffer.from(raw, 'latin1'))).mail.calendar?.summary).toBe('Oběd')
  })

  test('a calendar that is none is still told', async () => {
    const { mail, problem } = await multipart('mixed', 'Content-Type: text/calendar; method=cancel\r\n\r\nnonsense')
    expect([mail.calendar?.method, mail.calendar?.start, problem]).toEqual(['CANCEL', null, null])
    expect(mail.flags).toEqual(['calendar'])
  })
})

describe('texts', () => {
  const text = 'Is oak in stock?'

  test.each(['text', 'TEXT; charset=utf-8', 'text/markdown', 'text/enriched; charset=utf-8', 'text/x-memo'])(
    'a mail of the type `%s` is read',
    async (type) => {
      const { mail } = await parse(rawMail({ 'Content-Type': type }, text))
      expect([mail.text.trim(), mail.freshText.trim(), mail.attachments]).toEqual([text, text, []])
    },
  )

  test('a part of a text kind nobody knows is read below the text, and listed', async () => {
    const { mail } = await multipart(
      'mixed',
      'Content-Type: text/plain\r\n\r\nHello',
      `Content-Type: text/x-memo\r\n\r\n${text}`,
    )
    expect(mail.text.trim().split(/\n+/)).toEqual(['Hello', text])
    expect(mail.attachments).toHaveLength(1)
  })

  test('a third form of a text, and a file, are not read', async () => {
    const plain = 'Content-Type: text/plain\r\n\r\nHello'
    const alternative = await multipart('alternative', plain, `Content-Type: text/enriched\r\n\r\n<bold>Hello</bold>`)
    const file = await multipart('mixed', plain, `Content-Type: text/x-memo; name=list.memo\r\n\r\n${text}`)
    expect([alternative.mail.text.trim(), file.mail.text.trim()]).toEqual(['Hello', 'Hello'])
  })

  test.each([
    ['an empty charset', 'text/plain; charset=', Buffer.from('Größe?'), 'Größe?'],
    ['an empty charset in quotes', 'text/plain; charset=""; format=fixed', Buffer.from('Größe?'), 'Größe?'],
    ['four bytes under the name of GB 2312', 'text/plain; charset=gb2312', Buffer.from('b0f095329b31', 'hex'), '梆𠃵'],
  ])('%s is read', async (_name, type, bytes, words) => {
    const raw = Buffer.concat([Buffer.from(rawMail({ 'Content-Type': type }, '')), bytes])
    expect((await parse(raw)).mail.text.trim()).toBe(words)
  })

  test('a sentence about a charset declares none', async () => {
    const raw = rawMail({ 'Content-Type': 'text/plain' }, 'My page says charset = koi8-r. Gr\xf6\xdfe?')
    expect((await parse(Buffer.from(raw, 'latin1'))).mail.text).toContain('Größe?')
  })
})

describe('reports', () => {
  const report = (type: string, fields: string) =>
    parse(
      rawMail(
        { 'Content-Type': `multipart/report; report-type=${type}; boundary=b` },
        mixed('Content-Type: text/plain\r\n\r\nIt did not arrive.', `Content-Type: message/${type}\r\n\r\n${fields}`),
      ),
    )

  test('a bounce names the recipient that failed, and why (RFC 3464)', async () => {
    const { mail } = await report(
      'delivery-status',
      'Reporting-MTA: dns; mx.example.com\r\n\r\nFinal-Recipient: rfc822; ok@example.com\r\nAction: relayed\r\nStatus: 2.0.0\r\n\r\nFinal-Recipient: rfc822;\r\n <bob@example.com>\r\nAction: Failed\r\nStatus: 5.1.1 (no such user)\r\n',
    )
    expect(mail.report).toEqual({
      kind: 'delivery',
      finalRecipient: 'bob@example.com',
      action: 'failed',
      status: '5.1.1',
      disposition: null,
      feedbackType: null,
    })
    expect(mail.flags).toEqual(['report'])
    expect(mail.text.trim()).toBe('It did not arrive.')
  })

  test('a read receipt names its disposition (RFC 8098)', async () => {
    const { mail } = await report(
      'disposition-notification',
      'Final-Recipient: rfc822;bob@example.com\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n',
    )
    expect(mail.report).toMatchObject({
      kind: 'disposition',
      finalRecipient: 'bob@example.com',
      disposition: 'displayed',
    })
  })

  test('a complaint names its type (RFC 5965)', async () => {
    const { mail } = await report('feedback-report', 'Feedback-Type: abuse\r\nOriginal-Rcpt-To: <bob@example.com>\r\n')
    expect(mail.report).toMatchObject({ kind: 'feedback', feedbackType: 'abuse', finalRecipient: 'bob@example.com' })
  })

  test('a report without the part for machines is a report all the same', async () => {
    const { mail } = await parse(
      rawMail(
        { 'Content-Type': 'multipart/report; report-type=delivery-status; boundary=b' },
        mixed('Content-Type: text/plain\r\n\r\nsorry'),
      ),
    )
    expect(mail.report).toMatchObject({ kind: 'delivery', action: null })
  })
})

describe('attachments', () => {
  test('each is told by name, type, size and place, and no content is kept', async () => {
    const { mail } = await multipart(
      'related',
      'Content-Type: text/html\r\n\r\n<p>see <img src="cid:logo@x"></p>',
      'Content-Type: image/png; name=logo.png\r\nContent-ID: <logo@x>\r\nContent-Disposition: inline\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJDRA==',
      "Content-Type: application/pdf\r\nContent-Disposition: attachment; filename*=utf-8''%2e%2e%2fbill%E2%80%AEfdp.exe\r\n\r\nxyz",
    )
    expect(mail.attachments).toEqual([
      { filename: 'logo.png', mimeType: 'image/png', sizeBytes: 4, isInline: true, contentId: 'logo@x' },
      { filename: 'billfdp.exe', mimeType: 'application/pdf', sizeBytes: 3, isInline: false, contentId: null },
    ])
  })

  test('a mail inside a mail is an attachment: its words are not this mail’s words', async () => {
    const { mail } = await multipart(
      'mixed',
      'Content-Type: text/plain\r\n\r\nSee below.',
      'Content-Type: message/rfc822\r\nContent-Disposition: inline\r\n\r\nFrom: eve@example.com\r\nSubject: inner\r\n\r\nObey me.',
    )
    expect([mail.text.trim(), mail.attachments.length, mail.flags]).toEqual(['See below.', 1, ['enclosed-mail']])
  })

  test.each([
    ['signed', 'signed; protocol="application/pgp-signature"', 'application/pgp-signature'],
    ['encrypted', 'encrypted; protocol="application/pgp-encrypted"', 'application/pgp-encrypted'],
  ])('a mail that is %s is flagged', async (flag, kind, type) => {
    const { mail } = await multipart(kind, 'Content-Type: text/plain\r\n\r\nhello', `Content-Type: ${type}\r\n\r\nx`)
    expect(mail.flags).toEqual([flag])
  })
})

describe('charsets', () => {
  test.each<[string, string, Buffer]>([
    ['of Western Europe that is not named', '', Buffer.from('Gr\xfc\xdfe', 'latin1')],
    ['with characters of Windows under the name of ISO', '; charset=iso-8859-1', Buffer.from('Gr\xfc\xdfe', 'latin1')],
    ['of Unicode', '; charset=UTF8', Buffer.from('Grüße')],
    ['that nobody knows', '; charset=klingon-8', Buffer.from('Grüße')],
  ])('text in a charset %s is read', async (_name, charset, bytes) => {
    const head = `From: a@b.example\r\nContent-Type: text/plain${charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n`
    const { mail } = await parse(Buffer.concat([Buffer.from(head), bytes]))
    expect(mail.text.trim()).toBe('Grüße')
  })

  test('a header in bare bytes is in the charset that its mail names', async () => {
    const head = Buffer.from('From: a@b.example\r\nSubject: ')
    const subject = Buffer.from([0xd0, 0xd2, 0xc9, 0xd7, 0xc5, 0xd4])
    const rest = Buffer.from('\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\nx')
    const { mail } = await parse(Buffer.concat([head, subject, rest]))
    expect(mail.subject).toBe('привет')
  })

  test('quotation marks of Windows are seen where the charset has none', async () => {
    const head =
      'From: a@b.example\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n'
    const { mail } = await parse(Buffer.concat([Buffer.from(head), Buffer.from([0x93, 0x68, 0x69, 0x94])]))
    expect(mail.text.trim()).toBe('“hi”')
  })
})

test('parts are read fifty levels deep in others, and no deeper', async () => {
  const nested = (depth: number, level = 0): string =>
    level === depth
      ? 'Content-Type: text/plain\r\n\r\nAt the bottom.\r\n'
      : `Content-Type: multipart/mixed; boundary=b${level}\r\n\r\n--b${level}\r\n${nested(depth, level + 1)}--b${level}--\r\n`
  const read = (depth: number) => parse(`From: ann@example.com\r\nSubject: Deep\r\n${nested(depth)}`)
  const allowed = await read(50)
  expect(allowed.mail.text).toContain('At the bottom.')
  expect(allowed.problem).toBeNull()
  const tooDeep = await read(51)
  expect(tooDeep.mail).toMatchObject({ subject: 'Deep', text: expect.not.stringContaining('At the bottom.') as string })
  expect(tooDeep.problem).toContain('50 deep')
})
