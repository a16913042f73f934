import { isUtf8 } from 'node:buffer'
import { boundsOf, headerBlock } from './header-block.ts'

const lf = 0x0a
const cr = 0x0d

/**
 * The same mail without what archives add or change: bare CR as line end, empty lines or an mbox line on top. Bytes
 * that no charset explains become UTF-8.
 */
export function normaliseRaw(raw: Buffer): Buffer {
  const lines =
    raw.includes(lf) || !raw.includes(cr) ? raw : Buffer.from(raw.toString('latin1').replaceAll('\r', '\n'), 'latin1')
  let start = 0
  while (lines[start] === lf || lines[start] === cr) start += 1
  if (/^>?From /.test(lines.toString('latin1', start, start + 6))) start = lines.indexOf(lf, start) + 1 || start
  const mail = inUtf8(lines.subarray(start))
  return mail.length > 0 && !hasHeader(mail) ? Buffer.concat([Buffer.from('\r\n'), mail]) : mail
}

/** In a header or in the HTML's own; `charset = koi8-r` in a sentence declares nothing. */
const charsetDeclaration =
  /(?:^content-type[ \t]*:[^\n]{0,500}(?:\r?\n[ \t][^\n]{0,500}){0,4}?|<meta\b[^>\n]{0,200})\bcharset\s*=\s*"?([\w-]{2,30})/gim

/**
 * Bare eight-bit bytes are an old program's: those of a header are in the charset its mail declares, and those of a
 * mail that declares none are Western European, as browsers guess.
 */
function inUtf8(mail: Buffer): Buffer {
  if (isUtf8(mail)) return mail
  const charsets = [...mail.toString('latin1').matchAll(charsetDeclaration)].map(([, name = '']) => name)
  const declared = charsets.find((name) => !/^(?:us-?ascii|utf-?8)$/i.test(name))
  if (!declared) return Buffer.from(decode(mail, 'windows-1252'))
  const { end } = boundsOf(mail)
  const head = mail.subarray(0, end)
  return isUtf8(head) ? mail : Buffer.concat([Buffer.from(decode(head, declared)), mail.subarray(end)])
}

function decode(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/** Without a single header line the first paragraph is text. */
function hasHeader(mail: Buffer): boolean {
  return /^[!-9;-~]+[ \t]*:/m.test(headerBlock(mail).toString('latin1'))
}
