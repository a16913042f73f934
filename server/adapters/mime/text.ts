/** Characters nobody sees but a model or a file dialog would read: zero-width, soft hyphen, bidi overrides, tags. */
const invisible =
  /[\u{AD}\u{61C}\u{180E}\u{200B}\u{202A}-\u{202E}\u{2060}-\u{206F}\u{FEFF}\u{E0000}-\u{E007F}]|\u{34F}/gu

// oxlint-disable-next-line no-control-regex -- removing them is the purpose
const controls = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g

/** Text that PostgreSQL takes: without U+0000 and lone surrogates, which text and jsonb refuse. */
export function databaseSafe(text: string): string {
  return text.replaceAll('\0', '').toWellFormed()
}

/** What a person sees of several lines of text: no control or invisible characters, `\n` for every line end. */
export function visibleLines(text: string): string {
  const lines = text.replace(/\r\n?|[\u2028\u2029]/g, '\n')
  return lines.replace(controls, '').replace(invisible, '').toWellFormed()
}

/** The same for one line: a subject, a name. */
export function visibleLine(text: string, maxLength: number): string {
  return cut(visibleLines(text).replace(/\s+/g, ' ').trim(), maxLength).trimEnd()
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

/** A file name to show and to save under: no path, no leading dots, no invisible characters, 200 characters at most. */
export function safeFilename(name: string | undefined): string {
  const base = visibleLine((name ?? '').replace(/^.*[/\\]/s, ''), 1_000).replace(/[<>:"|?*]/g, '_')
  const visible = base.replace(/^[.\s]+/, '')
  if (visible.length <= 200) return visible || 'attachment'
  const suffix = /\.[\w-]{1,12}$/.exec(visible)?.[0] ?? ''
  return cut(visible, 200 - suffix.length) + suffix
}
