const addressHeaders = new Set(['from', 'to', 'cc', 'bcc', 'reply-to', 'sender'])

/** Decodes RFC 2047 words and bare UTF-8, as Gmail does in payload headers. The line comes as latin1. */
export function decodeHeader(name: string, line: string): string {
  const text = Buffer.from(line, 'latin1').toString('utf8')
  const isAddress = addressHeaders.has(name.toLowerCase())
  return text.replace(/(\?=)\s+(?==\?)/g, '$1').replace(/(?:=\?[^?\s]+\?[bq]\?[^?]*\?=)+/gi, (words) => {
    const decoded = decodeWords(words)
    return isAddress && /[,;:<>@"()]/.test(decoded) ? `"${decoded.replace(/(["\\])/g, '\\$1')}"` : decoded
  })
}

/** The content of a part, freed of its transfer encoding; text in a named charset becomes UTF-8. */
export function decodeBody(body: string, encoding: string, charset: string | undefined): Buffer {
  const bytes = decodeTransfer(body, encoding.trim().toLowerCase())
  return charset && !/^(utf-?8|us-ascii)$/i.test(charset) ? Buffer.from(decodeCharset(bytes, charset)) : bytes
}

function decodeWords(words: string): string {
  const runs: { charset: string; bytes: Buffer[] }[] = []
  for (const [, charset = '', kind, text = ''] of words.matchAll(/=\?([^?*\s]+)(?:\*[^?]*)?\?([bq])\?([^?]*)\?=/gi)) {
    const isBase64 = kind?.toLowerCase() === 'b'
    const bytes = isBase64 ? Buffer.from(text, 'base64') : decodeTransfer(text.replaceAll('_', ' '), 'quoted-printable')
    const run = runs.at(-1)
    // A character may be cut in two by the end of a word, save where each word ends its own shift sequence.
    if (run && isSame(run.charset, charset) && !/^iso-2022/i.test(charset)) run.bytes.push(bytes)
    else runs.push({ charset, bytes: [bytes] })
  }
  return runs.map(({ charset, bytes }) => decodeCharset(Buffer.concat(bytes), charset)).join('')
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

function decodeTransfer(body: string, encoding: string): Buffer {
  if (encoding === 'base64') return Buffer.from(body, 'base64')
  if (encoding !== 'quoted-printable') return Buffer.from(body, 'latin1')
  const text = body
    .replace(/=[ \t]*\r?\n/g, '')
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  return Buffer.from(text, 'latin1')
}

function decodeCharset(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    return bytes.toString('latin1')
  }
}
