const lf = 0x0a
const cr = 0x0d

/** What is read of a header block; a short line counts for more than its bytes, as in mailparser's own limit. */
export const maxHeaderBytes = 250_000
const minimumLineCost = 64

/** The header block, ended by an empty line; of an overlong one the lines that fit. */
export function headerBlock(mail: Buffer): Buffer {
  return Buffer.concat([mail.subarray(0, boundsOf(mail).end), Buffer.from('\r\n\r\n')])
}

/** The same mail with no more header than is read. */
export function boundHeader(mail: Buffer): { raw: Buffer; problem: string | null } {
  const { end, body, isCut } = boundsOf(mail)
  if (!isCut) return { raw: mail, problem: null }
  const raw = Buffer.concat([mail.subarray(0, end), Buffer.from('\r\n'), mail.subarray(body)])
  return { raw, problem: 'Its header is too long; the end of it was not read.' }
}

/** Where the part of the header that is read ends, and where the text begins. */
export function boundsOf(mail: Buffer): { end: number; body: number; isCut: boolean } {
  let budget = maxHeaderBytes
  for (let start = 0; start < mail.length;) {
    const next = mail.indexOf(lf, start) + 1 || mail.length
    if (isEmptyLine(mail, start, next)) return { end: start, body: next, isCut: false }
    budget -= Math.max(next - start, minimumLineCost)
    if (budget < 0) return { end: start, body: nextBody(mail, start), isCut: true }
    start = next
  }
  return { end: mail.length, body: mail.length, isCut: false }
}

function isEmptyLine(mail: Buffer, start: number, next: number): boolean {
  return mail[start] === lf || (mail[start] === cr && next === start + 2)
}

function nextBody(mail: Buffer, from: number): number {
  const ends = ['\n\n', '\n\r\n'].map((end) => [mail.indexOf(end, from), end.length] as const)
  const [at, length] = ends.filter(([index]) => index >= 0).sort(([a], [b]) => a - b)[0] ?? [mail.length, 0]
  return at + length
}
