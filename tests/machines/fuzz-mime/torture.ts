import { htmlMail, many, mixed, rawMail } from './raw-mail.ts'

const surrogate = Buffer.from([0xed, 0xa0, 0x80])

/** 32 mails that nobody sends by accident, each against one part of the reader. */
export const torture: Readonly<Record<string, () => Buffer>> = {
  // Parts, headers and encodings.
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
  // Charsets, quotations and the parts made for machines.
  'NUL everywhere': () => rawMail({ Subject: 'a\0b', From: 'A\0nn <ann\0@example.com>' }, 'c\0d'),
  'halves of characters': () =>
    rawMail({ 'Content-Type': 'text/plain; charset=utf-8', Subject: '=?utf-16?b?2AA=?=' }, surrogate),
  'base64 that is none': () => rawMail({ 'Content-Transfer-Encoding': 'base64' }, '!!!not base64!!!'),
  'a charset that lies': () => rawMail({ 'Content-Type': 'text/plain; charset=utf-16le' }, 'not two bytes each'),
  'a charset that hides markup': () => rawMail({ 'Content-Type': 'text/html; charset=utf-7' }, '+ADw-script+AD4-x'),
  '64 kB of blanks behind From:': () => rawMail({}, `From:${' '.repeat(64_000)}x`),
  '200,000 line ends': () => rawMail({}, `${'\n'.repeat(200_000)}x`),
  '300,000 invisible characters': () =>
    rawMail({ 'Content-Type': 'text/plain; charset=utf-8' }, Buffer.from('a\u200b'.repeat(300_000))),
  'a calendar of 20,000 events': () =>
    mixed(
      `--b\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\n${many(20_000, event)}END:VCALENDAR\r\n--b--`,
    ),
  'a report on 20,000 recipients': () =>
    mixed(`--b\r\nContent-Type: message/delivery-status\r\n\r\n${many(20_000, recipient)}\r\n--b--`),
  // What a sanitiser and a reader of styles must survive.
  '200,000 elements in each other': () => htmlMail(`${'<b>'.repeat(200_000)}x`),
  'a million angle brackets': () => htmlMail('<'.repeat(1_000_000)),
  '100,000 attributes': () => htmlMail(`<p ${many(100_000, (index) => `a${index}=b`, ' ')}>x</p>`),
  '100,000 comments without an end': () => htmlMail(`${'<!--'.repeat(100_000)}x`),
  'half a million strings without an end in 50 styles': () =>
    htmlMail(many(50, (index) => `<p style='a${index}:${'"\n'.repeat(10_000)}'>x`)),
  '2,000 rules for 400 elements in each other': () =>
    htmlMail(
      `<style>${many(2_000, (index) => `.a .a .a .b${index}{color:#fff}`)}</style>${'<div class="a b1">'.repeat(400)}x`,
    ),
}

function opened(level: number): string {
  return `Content-Type: multipart/mixed; boundary=b${level}\r\n\r\n--b${level}\r\n`
}

function enclosed(): string {
  return 'From: ann@example.com\r\nContent-Type: message/rfc822\r\nContent-Disposition: inline\r\n\r\n'
}

function event(index: number): string {
  return `BEGIN:VEVENT\r\nUID:${index}\r\nDTSTART;TZID=Nowhere:20260302T100000\r\nRRULE:FREQ=SECONDLY\r\nEND:VEVENT\r\n`
}

function recipient(index: number): string {
  return `Final-Recipient: rfc822; u${index}@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n`
}
