import { stripInvisible } from '../../mail/invisible-characters.ts'

/** Text that PostgreSQL takes: without U+0000 and lone surrogates, which text and jsonb refuse. */
export function databaseSafe(text: string): string {
  return text.replaceAll('\0', '').toWellFormed()
}

/** What a person sees of several lines of text: no control or invisible characters, `\n` for every line end. */
export function visibleLines(text: string): string {
  return stripInvisible(withPlainLineEnds(text)).text
}

/** The same for one line: a subject, a name. */
export function visibleLine(text: string, maxLength: number): string {
  return cut(visibleLines(text).replace(/\s+/g, ' ').trim(), maxLength).trimEnd()
}

export function withPlainLineEnds(text: string): string {
  return text.replace(/\r\n?|[\u2028\u2029]/g, '\n')
}

/** At most this many UTF-16 units, never half a character. */
export function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  const last = text.charCodeAt(maxLength - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? maxLength - 1 : maxLength)
}

/** At most this many bytes of UTF-8, never half a character. */
export function cutBytes(text: string, maxBytes: number): string {
  if (text.length * 3 <= maxBytes) return text
  const bytes = Buffer.from(text)
  if (bytes.length <= maxBytes) return text
  let end = maxBytes
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return bytes.toString('utf8', 0, end)
}
