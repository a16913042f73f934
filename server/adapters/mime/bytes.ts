const lf = 0x0a
const cr = 0x0d

/** What is read of a header block: less than mailparser takes. */
export const maxHeaderBytes = 250_000

/** The same mail without what archives add or change: bare CR as line end, empty lines or an mbox line on top. */
export function normaliseRaw(raw: Buffer): Buffer {
  const lines =
    raw.includes(lf) || !raw.includes(cr) ? raw : Buffer.from(raw.toString('latin1').replaceAll('\r', '\n'), 'latin1')
  let start = 0
  while (lines[start] === lf || lines[start] === cr) start += 1
  if (/^>?From /.test(lines.toString('latin1', start, start + 6))) start = lines.indexOf(lf, start) + 1 || start
  const mail = lines.subarray(start)
  return mail.length > 0 && !hasHeader(mail) ? Buffer.concat([Buffer.from('\r\n'), mail]) : mail
}

/** Without a single header line the first paragraph is text. */
function hasHeader(mail: Buffer): boolean {
  return /^[!-9;-~]+[ \t]*:/m.test(headerBlock(mail).toString('latin1'))
}

/** The header block, ended by an empty line; of an overlong one the lines that fit. */
export function headerBlock(raw: Buffer): Buffer {
  const head = raw.subarray(0, maxHeaderBytes)
  const ends = ['\n\n', '\n\r\n'].map((end) => head.indexOf(end)).filter((index) => index >= 0)
  const end = ends.length > 0 ? Math.min(...ends) : raw.length > head.length ? head.lastIndexOf(lf) : head.length
  return Buffer.concat([head.subarray(0, Math.max(end, 0)), Buffer.from('\r\n\r\n')])
}
