import { partsOf } from './mime.ts'
import type { Message } from './model.ts'
import { isAttachment } from './payload.ts'
import { textOf } from './text.ts'

type Match = (message: Message) => boolean

/** What a search knows beside the message. */
interface Known {
  /** The owner's own labels, lower-case name to id. */
  readonly labels: ReadonlyMap<string, string>
  readonly muted: ReadonlySet<string>
}

/** Compiles a Gmail search: terms, "phrases", -not, OR, {any of} and (groups). */
export function compileQuery(q: string, known: Known): Match {
  const tokens = q.match(/-?(?:\w+:)?"[^"]*"|[-]?[(){}]|[^\s(){}]+/g) ?? []
  return parseAny(tokens, known)
}

/** Reads up to the closing bracket: terms side by side all hold, OR starts an alternative. */
function parseAny(tokens: string[], known: Known, isBraced = false): Match {
  const alternatives: Match[][] = [[]]
  for (let token = tokens.shift(); token !== undefined && token !== ')' && token !== '}'; token = tokens.shift()) {
    if (token === 'OR') {
      alternatives.push([])
      continue
    }
    const isNegated = token.length > 1 && token.startsWith('-')
    const term = isNegated ? token.slice(1) : token
    const match = term === '(' || term === '{' ? parseAny(tokens, known, term === '{') : compileTerm(term, known)
    if (isBraced && alternatives.at(-1)?.length) alternatives.push([])
    alternatives.at(-1)?.push(isNegated ? (message) => !match(message) : match)
  }
  return (message) => alternatives.some((all) => all.every((match) => match(message)))
}

function compileTerm(term: string, known: Known): Match {
  const [, operator = '', rest = ''] = /^(?:(\w+):)?(.*)$/s.exec(term) ?? []
  const value = rest.replace(/^"(.*)"$/s, '$1').toLowerCase()
  return operators[operator.toLowerCase()]?.(value, known) ?? textMatch(term.replaceAll('"', '').toLowerCase())
}

const operators: Record<string, (value: string, known: Known) => Match> = {
  from: (value) => headerMatch(['from'], value),
  to: (value) => headerMatch(['to', 'cc', 'bcc'], value),
  cc: (value) => headerMatch(['cc'], value),
  bcc: (value) => headerMatch(['bcc'], value),
  subject: (value) => headerMatch(['subject'], value),
  list: (value) => headerMatch(['list-id'], value),
  deliveredto: (value) => headerMatch(['delivered-to'], value),
  rfc822msgid: (value) => {
    const id = value.replace(/^<|>$/g, '')
    return ({ messageId }) => messageId?.replace(/^<|>$/g, '').toLowerCase() === id
  },
  in: (value) => placeMatch(value),
  is: (value, { muted }) => {
    if (value === 'muted') return ({ threadId }) => muted.has(threadId)
    return value === 'read' ? ({ labelIds }) => !labelIds.has('UNREAD') : placeMatch(value)
  },
  category: (value) => placeMatch(`category_${value}`),
  label: (value, { labels, muted }) => {
    if (value === 'muted') return ({ threadId }) => muted.has(threadId)
    const id = labels.get(value) ?? labels.get(value.replaceAll('-', ' '))
    return id === undefined ? placeMatch(value) : ({ labelIds }) => labelIds.has(id)
  },
  has: (value) => (value === 'attachment' ? ({ root }) => partsOf(root).some(isAttachment) : () => false),
  filename: (value) => (message) => partsOf(message.root).some((part) => part.filename.toLowerCase().includes(value)),
  larger: (value) => (message) => message.raw.length > sizeOf(value),
  smaller: (value) => (message) => message.raw.length < sizeOf(value),
  after: (value) => (message) => message.internalDate >= instantOf(value),
  newer: (value) => (message) => message.internalDate >= instantOf(value),
  before: (value) => (message) => message.internalDate < instantOf(value),
  older: (value) => (message) => message.internalDate < instantOf(value),
  newer_than: (value) => (message) => message.internalDate >= Date.now() - ageOf(value),
  older_than: (value) => (message) => message.internalDate < Date.now() - ageOf(value),
}

function headerMatch(names: string[], value: string): Match {
  return ({ root }) =>
    root.headers.some(
      (header) => names.includes(header.name.toLowerCase()) && header.value.toLowerCase().includes(value),
    )
}

function placeMatch(value: string): Match {
  if (value === 'anywhere') return () => true
  const label = { draft: 'DRAFT', drafts: 'DRAFT', chats: 'CHAT' }[value] ?? value.toUpperCase()
  return ({ labelIds }) => labelIds.has(label)
}

function textMatch(value: string): Match {
  return ({ root }) => {
    const headers = root.headers
      .filter(({ name }) => /^(from|to|cc|subject)$/i.test(name))
      .map((header) => header.value)
    return `${headers.join(' ')} ${textOf(root)}`.toLowerCase().includes(value)
  }
}

/** A day (in UTC) or seconds since 1970. */
function instantOf(value: string): number {
  return /^\d{5,}$/.test(value) ? Number(value) * 1_000 : Date.parse(`${value.replaceAll('/', '-')} UTC`)
}

const dayMs = 24 * 3_600_000
const units: Record<string, number> = { h: 3_600_000, d: dayMs, m: 30 * dayMs, y: 365 * dayMs }

function ageOf(value: string): number {
  return Number.parseInt(value, 10) * (units[value.slice(-1)] ?? dayMs)
}

function sizeOf(value: string): number {
  const factors: Record<string, number> = { k: 1_024, m: 1_024 ** 2 }
  return Number.parseInt(value, 10) * (factors[value.slice(-1)] ?? 1)
}
