import { headerBlock } from './bytes.ts'

const maxParts = 500
const maxDepth = 50
const maxPartHeader = 64_000
const lf = 0x0a

/**
 * The mail up to its 500th part, and of parts in parts no more than 50 levels: what follows is not read. `problem` says
 * so. Costs one pass over the bytes, before anything is built from them.
 */
export function boundStructure(mail: Buffer): { raw: Buffer; problem: string | null } {
  const open = [boundaryOf(mail)].filter((boundary) => boundary !== null)
  const cutAt = (end: number, problem: string) => ({ raw: mail.subarray(0, end), problem })
  let partCount = 0
  for (let at = nextDelimiter(mail, 0); at >= 0; at = nextDelimiter(mail, at + 1)) {
    const delimiter = lineAt(mail, at).replace(/[ \t\r]+$/, '')
    const level = open.findLastIndex((boundary) => delimiter === `--${boundary}` || delimiter === `--${boundary}--`)
    if (level < 0) continue
    const isEnd = delimiter === `--${open[level]}--`
    open.length = isEnd ? level : level + 1
    if (isEnd) continue
    partCount += 1
    if (partCount > maxParts) return cutAt(at, `It has more than ${maxParts} parts; the others were not read.`)
    const boundary = boundaryOf(mail.subarray(mail.indexOf(lf, at) + 1 || mail.length))
    if (boundary !== null) open.push(boundary)
    if (open.length > maxDepth) return cutAt(at, `Parts more than ${maxDepth} deep in others were not read.`)
  }
  return { raw: mail, problem: null }
}

/** Where the next line that begins with `--` begins. */
function nextDelimiter(mail: Buffer, from: number): number {
  if (from === 0 && mail[0] === 0x2d && mail[1] === 0x2d) return 0
  const lineEnd = mail.indexOf('\n--', Math.max(0, from - 1), 'latin1')
  return lineEnd < 0 ? -1 : lineEnd + 1
}

/** A delimiter is no longer than a header line. */
function lineAt(mail: Buffer, at: number): string {
  const end = mail.indexOf(lf, at)
  return mail.toString('latin1', at, Math.min(end < 0 ? mail.length : end, at + 1_100))
}

/** The boundary that the header block at the beginning of these bytes declares. */
function boundaryOf(bytes: Buffer): string | null {
  const block = headerBlock(bytes.subarray(0, maxPartHeader)).toString('latin1')
  const type = /^content-type[ \t]*:(.*)$/im.exec(block.replace(/\r?\n[ \t]/g, ' '))?.[1] ?? ''
  if (!/^\s*multipart\//i.test(type)) return null
  const [, quoted, bare] = /\bboundary\s*=\s*(?:"([^"]*)"|([^\s;"]+))/i.exec(type) ?? []
  return quoted ?? bare ?? null
}
