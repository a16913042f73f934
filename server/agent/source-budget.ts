import type { Source } from '../../shared-types/index.ts'
import type { ContextItem } from './state.ts'

/**
 * About so many characters are a token in the languages of Europe; of other scripts fewer are. These caps keep a question
 * short and to the point; what a call may cost is bounded elsewhere, by bytes.
 */
const charactersPerToken = 4

/** The most that each kind of source takes of a question, in tokens. */
const mostTokens = {
  thread: 4_000,
  email: 3_000,
  note: 3_000,
  contact: 500,
  crm: 500,
  calendar: 500,
  template: 5_000,
  answer: 6_000,
  style: 500,
} as const satisfies Record<Source['kind'], number>

/** Id, audience and the names of the fields of an item, in characters. */
const frame = 120
/** What is left of an older message. */
const firstLines = { lines: 3, characters: 240, looked: 2_000 }
const cutMark = ' […]'
/** Half of such a text would say something else: all of it, or nothing. */
const neverCut: ReadonlySet<string> = new Set<Source['kind']>(['template', 'calendar'])

/** Messages of one thread, oldest first, and how many came before them. */
export interface Conversation {
  readonly items: readonly ContextItem[]
  readonly earlierCount: number
}

/** The thread of the mail itself, within its cap. */
export function foldHistory(thread: Conversation): ContextItem[] {
  return fold(thread, mostTokens.thread * charactersPerToken)
}

/** Other threads, the best first, within one cap: of what is left a better one may take more, and what it leaves is passed on. */
export function foldRelated(threads: readonly Conversation[]): ContextItem[] {
  let room = mostTokens.email * charactersPerToken
  return threads.flatMap((thread, index) => {
    const folded = fold(thread, Math.floor((room * 2) / (threads.length - index + 1)))
    room -= folded.reduce((sum, item) => sum + costOf(item), 0)
    return folded
  })
}

/** Items of other kinds, in their order, each kind within its cap. */
export function withinCaps(items: readonly ContextItem[]): ContextItem[] {
  const roomOf = new Map<Source['kind'], number>()
  return items.flatMap((item) => {
    const { kind } = item.source
    const room = roomOf.get(kind) ?? mostTokens[kind] * charactersPerToken
    const kept = costOf(item) <= room || neverCut.has(kind) ? item : cutItem(item, room)
    if (costOf(kept) > room || (kept.text === '' && item.text !== '')) return []
    roomOf.set(kind, room - costOf(kept))
    return [kept]
  })
}

/**
 * Within so many characters: the newest messages whole, older ones by their first lines, and instead of the oldest a word on
 * how many were left out. A quarter at most is kept free for first lines. Of a newest message that is longer than all
 * there is room for, the beginning.
 */
function fold({ items, earlierCount }: Conversation, room: number): ContextItem[] {
  const heads = items.map(headOf)
  const kept: ContextItem[] = []
  let left = room
  let isWhole = true
  for (const [index, item] of [...items.entries()].toReversed()) {
    const older = heads.slice(0, index).reduce((sum, head) => sum + costOf(head), 0)
    const forThis = left - Math.min(older, room / 4)
    isWhole &&= costOf(item) <= forThis
    const shown = isWhole ? item : kept.length === 0 ? cutItem(item, Math.floor(forThis)) : (heads[index] ?? item)
    if (costOf(shown) > left || (shown.text === '' && item.text !== '')) break
    kept.unshift(shown)
    left -= costOf(shown)
  }
  const count = earlierCount + items.length - kept.length
  const [first, ...rest] = kept
  if (!first || count === 0) return kept
  return [{ ...first, before: `${count} earlier ${count === 1 ? 'message' : 'messages'} left out` }, ...rest]
}

function costOf({ label, text }: ContextItem): number {
  return frame + label.length + text.length
}

function headOf(item: ContextItem): ContextItem {
  const lines = item.text.slice(0, firstLines.looked).split('\n')
  const written = lines.filter((line) => line.trim() !== '')
  const head = written.slice(0, firstLines.lines).join('\n')
  const isAll = written.length <= firstLines.lines && item.text.length <= firstLines.looked
  return { ...item, text: cutText(isAll ? head : `${head}${cutMark}`, firstLines.characters) }
}

function cutItem(item: ContextItem, room: number): ContextItem {
  return { ...item, text: cutText(item.text, room - frame - item.label.length) }
}

/** Between words where there are any, never within a character, and with a mark where something is missing. */
export function cutText(text: string, longest: number): string {
  if (text.length <= longest) return text.toWellFormed()
  const room = longest - cutMark.length
  if (room <= 0) return ''
  const part = text.slice(0, room).replace(/[\uD800-\uDBFF]$/, '')
  const end = Math.max(part.lastIndexOf(' '), part.lastIndexOf('\n'))
  return `${(end > room / 2 ? part.slice(0, end) : part).trimEnd()}${cutMark}`.toWellFormed()
}
