import { headerBlock } from './header-block.ts'
import { type Repair, repairsOf } from './repairs.ts'

const maxParts = 500
const maxDepth = 50
const maxPartHeader = 64_000
const lf = 0x0a

interface Multipart {
  /** The lines before each part and behind the last. */
  readonly delimiter: string
  readonly end: string
  readonly isDigest: boolean
}

/**
 * The mail up to its 500th part, and of parts in parts no more than 50 levels: what follows is not read. Mistakes
 * of old programs in the headers of parts are repaired on the way, and a digest's parts without a type get theirs.
 * `problem` says what is not read. Costs one pass over the bytes, before anything is built from them.
 */
export function boundStructure(mail: Buffer): { raw: Buffer; problem: string | null } {
  const open: Multipart[] = []
  const repaired: Repair[] = []
  let partCount = 0
  enter(0)
  if (open.length === 0) return cut(mail.length, null)
  for (let at = nextDelimiter(mail, 0); at >= 0; at = nextDelimiter(mail, at + 1)) {
    const line = lineAt(mail, at).trimEnd()
    const level = open.findLastIndex(({ delimiter, end }) => line === delimiter || line === end)
    if (level < 0) continue
    const isEnd = line === open[level]?.end
    open.length = isEnd ? level : level + 1
    if (isEnd) continue
    partCount += 1
    if (partCount > maxParts) return cut(at, `It has more than ${maxParts} parts; the others were not read.`)
    enter(mail.indexOf(lf, at) + 1 || mail.length)
    if (open.length > maxDepth) return cut(at, `Parts more than ${maxDepth} deep in others were not read.`)
  }
  return cut(mail.length, partCount === 0 ? 'Its parts could not be told from each other.' : null)

  /** Reads the header of the mail or of a part, whose own parts may follow. */
  function enter(at: number): void {
    const block = headerBlock(mail.subarray(at, at + maxPartHeader)).toString('latin1')
    const multipart = multipartOf(block)
    const repairs = repairsOf(block, { isPart: at > 0 })
    repaired.push(...repairs.map((repair) => ({ ...repair, at: at + repair.at })))
    if (open.at(-1)?.isDigest && !/^content-type[ \t]*:/im.test(block)) {
      repaired.push({ at, length: 0, text: 'Content-Type: message/rfc822\r\n' })
    }
    if (multipart) open.push(multipart)
  }

  function cut(end: number, problem: string | null) {
    const before = repaired.filter(({ at }) => at < end)
    const pieces = [{ at: 0, length: 0, text: '' }, ...before].flatMap(({ at, length, text }, index) => [
      Buffer.from(text),
      mail.subarray(at + length, before[index]?.at ?? end),
    ])
    return { raw: before.length === 0 ? mail.subarray(0, end) : Buffer.concat(pieces), problem }
  }
}

/** Where the next line that begins with `--` begins. */
function nextDelimiter(mail: Buffer, from: number): number {
  const lineEnd = mail.indexOf('\n--', Math.max(0, from - 1), 'latin1')
  return lineEnd < 0 ? -1 : lineEnd + 1
}

/** A delimiter is no longer than a header line. */
function lineAt(mail: Buffer, at: number): string {
  const end = mail.indexOf(lf, at)
  return mail.toString('latin1', at, Math.min(end < 0 ? mail.length : end, at + 1_100))
}

function multipartOf(block: string): Multipart | null {
  const type = /^content-type[ \t]*:[ \t]*(.*)$/im.exec(block.replace(/\r?\n[ \t]/g, ' '))?.[1] ?? ''
  if (!/^multipart\//i.test(type)) return null
  const [, quoted, bare] = /\bboundary\s*=\s*(?:"([^"]*)"|([^\s;"]+))/i.exec(type) ?? []
  // Without a boundary no line delimits.
  const boundary = (quoted ?? bare)?.trimEnd() ?? '\n'
  return {
    delimiter: `--${boundary}`,
    end: `--${boundary}--`,
    isDigest: /^multipart\/digest\b/i.test(type),
  }
}
