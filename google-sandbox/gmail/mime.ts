// A parser of our own, although the product has one: tests judge what the product reads and writes by what stands here,
// and a fault in a parser that both share would be seen by neither.
import { decodeBody, decodeHeader } from './mime-coding.ts'

export interface Header {
  name: string
  value: string
}

/** One node of the MIME tree, as Gmail numbers and names it. */
export interface MimePart {
  partId: string
  mimeType: string
  filename: string
  headers: Header[]
  /** Decoded; text in UTF-8. Empty for a multipart. */
  content: Buffer
  parts: MimePart[]
}

const maxDepth = 50

/** Parses a raw mail into Gmail's part tree; whatever the bytes, it finds some tree. */
export function parseMime(raw: Buffer): MimePart {
  return parsePart(raw.toString('latin1'), '', 'text/plain', 0)
}

/** The first header of this name. */
export function headerOf(part: MimePart, name: string): string | undefined {
  const wanted = name.toLowerCase()
  return part.headers.find((header) => header.name.toLowerCase() === wanted)?.value
}

/** The part and all parts below it. */
export function partsOf(part: MimePart): MimePart[] {
  return [part, ...part.parts.flatMap(partsOf)]
}

function parsePart(source: string, partId: string, defaultType: string, depth: number): MimePart {
  const { head, body } = splitMail(source)
  const headers = parseHeaders(head)
  const value = (name: string) => headers.find((header) => header.name.toLowerCase() === name)?.value ?? ''
  const contentType = value('content-type')
  const mimeType = /^\s*([\w.+-]+\/[\w.+-]+)/.exec(contentType)?.[1]?.toLowerCase() ?? defaultType
  const filename = parameterOf(value('content-disposition'), 'filename') ?? parameterOf(contentType, 'name') ?? ''
  const part: MimePart = { partId, mimeType, filename, headers, content: Buffer.alloc(0), parts: [] }

  const boundary = parameterOf(contentType, 'boundary')
  if (mimeType.startsWith('multipart/') && boundary && depth < maxDepth) {
    const childType = mimeType === 'multipart/digest' ? 'message/rfc822' : 'text/plain'
    part.parts = splitParts(body, boundary).map((child, index) =>
      parsePart(child, partId ? `${partId}.${index}` : `${index}`, childType, depth + 1),
    )
    return part
  }
  const charset = mimeType.startsWith('text/') ? parameterOf(contentType, 'charset') : undefined
  part.content = decodeBody(body, value('content-transfer-encoding'), charset)
  return part
}

/** The header block and what follows the first empty line. */
export function splitMail(source: string): { head: string; body: string } {
  const gap = /^\r?\n|\r?\n\r?\n/.exec(source)
  if (!gap) return { head: source, body: '' }
  return { head: source.slice(0, gap.index), body: source.slice(gap.index + gap[0].length) }
}

function parseHeaders(head: string): Header[] {
  const lines = head.replace(/\r?\n(?=[ \t])/g, '').split(/\r?\n/)
  return lines.flatMap((line) => {
    const colon = line.indexOf(':')
    if (colon < 1) return []
    const name = line.slice(0, colon).trim()
    return [{ name, value: decodeHeader(name, line.slice(colon + 1).trim()) }]
  })
}

/** A parameter of a header, in the plain, quoted or RFC 2231 form. */
function parameterOf(header: string, name: string): string | undefined {
  const plain = new RegExp(`;\\s*${name}\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]+))`, 'i').exec(header)
  if (plain) return (plain[1] ?? plain[2] ?? '').replace(/\\(.)/g, '$1')
  const pieces = [...header.matchAll(new RegExp(`;\\s*${name}\\*(?:\\d+\\*?)?\\s*=\\s*"?([^;"]*)"?`, 'gi'))]
  if (pieces.length === 0) return undefined
  const joined = pieces.map((piece) => piece[1]?.trim() ?? '').join('')
  const encoded = joined.replace(/^[\w-]*'[\w-]*'/, '')
  return Buffer.from(
    encoded.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  ).toString()
}

function splitParts(body: string, boundary: string): string[] {
  const parts: string[] = []
  let current: string[] | undefined
  for (const line of body.split(/(?<=\n)/)) {
    const text = line.trimEnd()
    if (text === `--${boundary}` || text === `--${boundary}--`) {
      if (current) parts.push(current.join('').replace(/\r?\n$/, ''))
      current = text.endsWith(`${boundary}--`) && text !== `--${boundary}` ? undefined : []
      if (!current) break
    } else current?.push(line)
  }
  if (current?.length) parts.push(current.join(''))
  return parts
}
