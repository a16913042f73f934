import type { HeaderLines } from 'mailparser'
import { isMachineHeader } from '../../mail/machine-mail.ts'
import { databaseSafe } from './text.ts'

const maxValueLength = 2_000

/**
 * Headers that say what kind of mail it is (RFC 3834 and its neighbours), when its sender's clock says it was written, and our own mark; `List-*`
 * is kept as well.
 */
const kept = new Set([
  'authentication-results',
  'auto-submitted',
  'content-type',
  'date',
  'feedback-id',
  'importance',
  'precedence',
  'reply-to',
  'return-path',
  'x-auto-response-suppress',
  'x-reasonflow-outbox',
])

/** A header of these that comes twice is a sender's trick or mistake; the first counts. */
const single = ['from', 'sender', 'subject', 'date', 'message-id', 'reply-to', 'to', 'cc', 'bcc', 'content-type']

/** The kept headers: unfolded, the first of a repeated one. */
export function keptHeaders(lines: HeaderLines): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const { key, line } of lines) {
    if (kept.has(key) || isListHeader(key) || isMachineHeader(key)) headers[key] ??= valueOf(line)
  }
  return headers
}

function isListHeader(key: string): boolean {
  return /^list-[a-z]{1,30}$/.test(key)
}

export function repeatedHeaders(lines: HeaderLines): string[] {
  const counts = Map.groupBy(lines, ({ key }) => key)
  return single.filter((key) => (counts.get(key)?.length ?? 0) > 1)
}

/** A header as it was written, of a repeated one the first; eight-bit bytes are read as UTF-8. */
export function rawHeader(lines: HeaderLines, name: string): string {
  const line = lines.find(({ key }) => key === name)?.line ?? ''
  // mailparser keeps each byte of a header line as one character.
  return Buffer.from(line.slice(line.indexOf(':') + 1), 'latin1').toString('utf8')
}

function valueOf(line: string): string {
  const bytes = Buffer.from(line.slice(line.indexOf(':') + 1, 8 * maxValueLength), 'latin1')
  const value = databaseSafe(bytes.toString('utf8')).replace(/\s+/g, ' ').trim()
  return value.slice(0, maxValueLength).toWellFormed()
}
