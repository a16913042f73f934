import { many, mixed, rawMail } from './raw-mail.ts'

/** Parts, headers and encodings. */
export const structureTorture: Readonly<Record<string, () => Buffer>> = {
  'nothing but bytes': () => Buffer.from(Array.from({ length: 4_096 }, (_, index) => (index * 151) % 256)),
  'text without any header': () => Buffer.from('just a line of text'),
  '400 parts in each other': () => Buffer.from(`From: ann@example.com\r\n${many(400, opened)}\r\nhello`),
  '10,000 parts': () => mixed(many(10_000, () => '--b\r\nContent-Type: text/plain\r\n\r\nx\r\n')),
  'a boundary that never comes': () => mixed('no parts here'),
  'a boundary without a name': () => rawMail({ 'Content-Type': 'multipart/mixed' }, '--\r\n\r\nx'),
  'a part that never ends': () => mixed('--b\r\nContent-Type: text/plain'),
  'a boundary inside its own part': () =>
    mixed('--b\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nx\r\n--b--'),
  'a boundary of 100,000 characters': () => mixed(`--${'b'.repeat(100_000)}\r\n\r\nx`, 'b'.repeat(100_000)),
  '200 mails in each other': () => Buffer.from(many(200, enclosed) + 'Subject: innermost\r\n\r\nhello'),
  'a header line of a megabyte': () => rawMail({ 'X-Long': 'x'.repeat(1_000_000) }),
  '200,000 header lines': () => Buffer.from(`From: ann@example.com\r\n${'a:\r\n'.repeat(200_000)}\r\nhello`),
  '20,000 recipients': () => rawMail({ To: many(20_000, (index) => `u${index}@example.com`, ', ') }),
  '100,000 brackets in a name': () => rawMail({ From: `${'('.repeat(100_000)} <ann@example.com>` }),
  '10,000 encoded words': () => rawMail({ Subject: many(10_000, () => '=?utf-8?q?=41?=', ' ') }),
  '10,000 pieces of a file name': () =>
    rawMail({ 'Content-Type': `application/pdf; ${many(10_000, (index) => `name*${index}*=%41`, '; ')}` }),
  'base64 of 8 MB': () => rawMail({ 'Content-Transfer-Encoding': 'base64' }, 'QUFB'.repeat(2_000_000)),
}

function opened(level: number): string {
  return `Content-Type: multipart/mixed; boundary=b${level}\r\n\r\n--b${level}\r\n`
}

function enclosed(): string {
  return 'From: ann@example.com\r\nContent-Type: message/rfc822\r\nContent-Disposition: inline\r\n\r\n'
}
