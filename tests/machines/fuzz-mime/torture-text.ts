import { many, mixed, rawMail } from './raw-mail.ts'

const surrogate = Buffer.from([0xed, 0xa0, 0x80])

/** Charsets, quotations and the parts made for machines. */
export const textTorture: Readonly<Record<string, () => Buffer>> = {
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
}

function event(index: number): string {
  return `BEGIN:VEVENT\r\nUID:${index}\r\nDTSTART;TZID=Nowhere:20260302T100000\r\nRRULE:FREQ=SECONDLY\r\nEND:VEVENT\r\n`
}

function recipient(index: number): string {
  return `Final-Recipient: rfc822; u${index}@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n`
}
