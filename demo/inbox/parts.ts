import { crc32, deflateSync } from 'node:zlib'

import type { DateTime } from 'luxon'

import type { Part } from './script.ts'

/** A one-page PDF with a single line of text. */
export function pdf(filename: string, line: string): Part {
  const stream = `BT /F1 14 Tf 60 760 Td (${line.replaceAll(/[()\\]/g, '')}) Tj ET`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R' +
      ' /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
  ]
  const body = objects.map((object, index) => `${index + 1} 0 obj\n${object}\nendobj\n`).join('')
  const content = Buffer.from(`%PDF-1.4\n${body}trailer\n<< /Size 5 /Root 1 0 R >>\n%%EOF\n`, 'latin1')
  return { filename, contentType: 'application/pdf', content }
}

/** A table as a German spreadsheet saves it. */
export function csv(filename: string, rows: readonly (readonly string[])[]): Part {
  return { filename, contentType: 'text/csv', content: Buffer.from(rows.map((row) => row.join(';') + '\r\n').join('')) }
}

/** A small square of one colour, good enough for a photograph of a wrong orange. */
export function png(filename: string, [red, green, blue]: readonly [number, number, number]): Part {
  const side = 24
  const row = Buffer.from([0, ...Array.from({ length: side }, () => [red, green, blue]).flat()])
  const pixels = deflateSync(Buffer.concat(Array.from({ length: side }, () => row)))
  const header = Buffer.from([0, 0, 0, side, 0, 0, 0, side, 8, 2, 0, 0, 0])
  const signature = Buffer.from('89504e470d0a1a0a', 'hex')
  const content = Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ])
  return { filename, contentType: 'image/png', content }
}

/** An iCalendar request from `organizer` to `attendee`. */
export function invitation(
  event: { uid: string; summary: string; location: string; start: DateTime; minutes: number; sentAt: DateTime },
  organizer: { name: string; email: string },
  attendee: { name: string; email: string },
): string {
  const utc = (instant: DateTime) => instant.toUTC().toFormat("yyyyMMdd'T'HHmmss'Z'")
  return [
    'BEGIN:VCALENDAR',
    'PRODID:-//Lumen Library//Calendar//EN',
    'VERSION:2.0',
    'METHOD:REQUEST',
    'BEGIN:VEVENT',
    `UID:${event.uid}`,
    `DTSTAMP:${utc(event.sentAt)}`,
    `DTSTART:${utc(event.start)}`,
    `DTEND:${utc(event.start.plus({ minutes: event.minutes }))}`,
    `SUMMARY:${event.summary}`,
    `LOCATION:${event.location}`,
    `ORGANIZER;CN=${organizer.name}:mailto:${organizer.email}`,
    `ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:${attendee.email}`,
    'SEQUENCE:0',
    'STATUS:CONFIRMED',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n')
}

function chunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, checksum])
}
