import { partsOf, type MimePart } from './mime.ts'

const snippetLength = 200

/** The text a person sees first: the plain part, else the HTML without its tags. */
export function textOf(root: MimePart): string {
  const find = (type: string) => partsOf(root).find((part) => part.mimeType === type && part.filename === '')
  const plain = find('text/plain')
  if (plain) return plain.content.toString('utf8')
  const html = find('text/html')?.content.toString('utf8') ?? ''
  return unescape(stripTags(html.replace(/<(style|script|head)\b.*?(?:<\/\1>|$)/gis, ' ')))
}

/** The beginning of the text on one line, HTML-escaped as Gmail's. */
export function snippetOf(root: MimePart): string {
  const line = textOf(root).slice(0, 4_000).replace(/\s+/g, ' ').trim()
  const start = line.length > snippetLength ? line.slice(0, snippetLength).replace(/\s\S*$/, '') : line
  return start.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** By splitting: an expression would try every < of a hostile mail to its end. */
function stripTags(html: string): string {
  const [start = '', ...pieces] = html.split('<')
  return [start, ...pieces.map((piece) => piece.slice(piece.indexOf('>') + 1))].join(' ')
}

function unescape(text: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: ' ' }
  return text.replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (_, name: string) => named[name] ?? '')
}
