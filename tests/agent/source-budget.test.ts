import { array, assert, nat, oneof, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { foldHistory, foldRelated, withinCaps } from '../../server/agent/source-budget.ts'
import type { ContextItem } from '../../server/agent/state.ts'
import type { Source } from '../../shared-types/index.ts'

let count = 0
function item(kind: Source['kind'], text: string): ContextItem {
  const id = `${kind}:${count++}`
  return { id, kind, label: kind, text, source: { kind, id, label: kind, audience: 'owner' } }
}

const thread = (...texts: string[]) => texts.map((text) => item('thread', text))
const history = (items: readonly ContextItem[], earlierCount = 0) => foldHistory({ items, earlierCount })
const charactersOf = (items: readonly ContextItem[]) => items.reduce((sum, { text }) => sum + text.length, 0)
const lines = (lineCount: number) =>
  Array.from({ length: lineCount }, (_, n) => `line ${n} of a long message`).join('\n')

test('a short conversation stays as it is', () => {
  const items = thread('How much?', '200 pounds.\n\nMara', 'Thanks')
  expect(history(items)).toEqual(items)
  expect(history([])).toEqual([])
})

test('of a conversation that is longer than its cap the newest stay whole and older ones keep their first lines', () => {
  const items = thread(...Array.from({ length: 8 }, () => lines(100)))
  const folded = history(items)
  expect(folded.map(({ id }) => id)).toEqual(items.map(({ id }) => id))
  const whole = folded.filter(({ text }, index) => text === items[index]?.text)
  expect(whole).toEqual(folded.slice(-whole.length))
  expect(whole.length).toBeGreaterThanOrEqual(4)
  expect(folded[0]?.text).toBe('line 0 of a long message\nline 1 of a long message\nline 2 of a long message […]')
  expect(folded.every(({ before }) => before === undefined)).toBe(true)
  expect(charactersOf(folded)).toBeLessThanOrEqual(16_000)
})

test('one line tells how many of the oldest were left out, with those that were not even read', () => {
  const items = thread(...Array.from({ length: 100 }, () => lines(100)))
  const folded = history(items, 7)
  const left = items.length - folded.length
  expect(left).toBeGreaterThan(50)
  expect(folded.map(({ before }) => before)).toEqual([
    `${left + 7} earlier messages left out`,
    ...folded.slice(1).map(() => undefined),
  ])
  expect(history(thread('Thanks'), 1)).toMatchObject([{ text: 'Thanks', before: '1 earlier message left out' }])
})

test('of one enormous mail the beginning is kept, and room for the first lines of those before it', () => {
  const folded = history(thread('How much?', 'word '.repeat(1_000_000)))
  expect(folded.map(({ text }) => text.slice(0, 9))).toEqual(['How much?', 'word word'])
  expect(folded[1]?.text).toMatch(/word \[…\]$/)
  expect(charactersOf(folded)).toBeGreaterThan(11_000)
  expect(charactersOf(folded)).toBeLessThanOrEqual(16_000)
})

test('no character is cut in two, wherever the cut falls', () => {
  for (let before = 0; before < 4; before++) {
    const text = 'x'.repeat(before) + '🦉'.repeat(20_000)
    const folded = history([...thread(text, text), ...thread(text)])
    for (const { text: cut } of [...folded, ...withinCaps([item('note', text), item('contact', text)])]) {
      expect(cut.isWellFormed()).toBe(true)
      expect(cut).toMatch(/^x*🦉+ \[…\]$/u)
    }
  }
})

test('other threads share one cap: the best has the most of it, and what one leaves is for the next', () => {
  const conversation = (...texts: string[]) => ({ items: texts.map((text) => item('email', text)), earlierCount: 0 })
  const long = 'word '.repeat(10_000)
  const folded = foldRelated(Array.from({ length: 5 }, () => conversation(long)))
  const lengths = folded.map(({ text }) => text.length)
  expect(lengths).toHaveLength(5)
  expect(lengths).toEqual(lengths.toSorted((a, b) => b - a))
  expect(charactersOf(folded)).toBeLessThanOrEqual(12_000)
  const [, second] = foldRelated([conversation('short'), conversation(long)])
  expect(second?.text.length).toBeGreaterThan(11_000)
})

test('whatever a conversation is, it keeps its order and its newest message, and stays within its cap', () => {
  const texts = array(
    oneof(
      string({ unit: 'binary' }),
      nat(60_000).map((length) => 'ab c\n'.repeat(length)),
    ),
    {
      maxLength: 40,
    },
  )
  assert(
    property(texts, nat(5), (written, earlierCount) => {
      const items = thread(...written)
      const folded = history(items, earlierCount)
      const ids = items.map(({ id }) => id)
      expect(folded.map(({ id }) => id)).toEqual(ids.slice(ids.length - folded.length))
      expect(folded.length > 0).toBe(items.length > 0)
      expect(charactersOf(folded)).toBeLessThanOrEqual(16_000)
      const left = items.length - folded.length + earlierCount
      expect(folded.map(({ before }) => before !== undefined)).toEqual(
        folded.map((_, index) => index === 0 && left > 0),
      )
    }),
  )
})

test('each kind has a cap of its own: a note that is beyond it is cut, the next are left out', () => {
  const notes = Array.from({ length: 20 }, () => item('note', 'a note '.repeat(200)))
  const kept = withinCaps([...notes, item('contact', 'Ada Byron'), item('contact', 'x '.repeat(5_000))])
  expect(kept.filter(({ kind }) => kind === 'note').map(({ id }) => id)).toEqual(notes.slice(0, 8).map(({ id }) => id))
  expect(charactersOf(kept)).toBeLessThanOrEqual(14_000)
  expect(kept.at(-2)?.text).toBe('Ada Byron')
  expect(kept.at(-1)?.text).toMatch(/^x .* \[…\]$/)
})

test('half a template is none: one that does not fit is left out, and a smaller one after it is not', () => {
  const [first, second, third, small] = [10_000, 9_000, 10_000, 100].map((length) =>
    item('template', 'x'.repeat(length)),
  )
  expect(withinCaps([first!, second!, third!, small!])).toEqual([first, second, small])
})
