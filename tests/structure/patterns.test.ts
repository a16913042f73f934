// Slow: some 240 patterns are each measured on hostile texts of two lengths.
import { afterAll, expect, test } from 'vitest'
import { findPatterns, slowText, slowTextOf } from './patterns/judge.ts'
import { openProgram } from './steps/program.ts'

/** Where mail and input are read. */
const folders = [
  'server/adapters/mime/',
  'server/adapters/offline-model/',
  'server/mail/',
  'server/agent/',
  'server/http/',
  'server/security/',
  'server/routers/',
  'server/services/',
  'shared-types/',
]

/** Patterns that are not linear, and the most characters they ever meet. */
const cut: Readonly<Record<string, number>> = {
  // A line of a contact block is at most 80 characters long.
  'server/adapters/mime/signature.ts /(?:\\S+\\s+){4,}\\S+[.?!]\\s*$/': 80,
  // A word of up to 80 characters, of which NFKC makes up to 18 each.
  'server/adapters/offline-model/text.ts /\\p{L}[\\p{L}\\p{N}-]*\\.\\p{L}{2,}/u': 1_440,
  'server/adapters/offline-model/text.ts /\\d+\\.\\d+\\.\\d+\\.\\d+/': 1_440,
  // A value of a style sheet that is read up to 20,000 characters.
  'server/adapters/mime/html/look.ts /scale[xy]?\\(\\s*0(?:\\.0*)?\\s*[,)]|translate[xy]?\\([^)]*-\\d{4,}/': 20_000,
  // A comment is looked at up to 5,000 characters.
  'server/adapters/mime/html/comments.ts /<(style|xml)\\b[\\s\\S]*?<\\/\\1>|<[^<>]*>|\\[[^[\\]]*\\]>?/gi': 5_000,
}

const program = openProgram()
afterAll(() => program[Symbol.dispose]())
const patterns = findPatterns(folders.flatMap((folder) => program.filesBelow(folder)))

test('no pattern that meets mail or input takes more than linear time, so that no text holds the server up', () => {
  expect(patterns.length).toBeGreaterThan(200)
  const slow = patterns.flatMap((pattern) => {
    const longest = cut[pattern.name]
    const text = longest === undefined ? slowText(pattern) : slowTextOf(pattern, longest)
    return text === undefined ? [] : [`${pattern.place}: ${pattern.name} on ${text}`]
  })
  expect(slow).toEqual([])
})

test('what is said of patterns with cut texts is said of patterns that exist', () => {
  const names = new Set(patterns.map(({ name }) => name))
  expect(Object.keys(cut).filter((name) => !names.has(name))).toEqual([])
})

test.each([
  ['blanks around a sign', /\s*@\s*/g],
  ['blanks at the end', /\s+$/],
  ['brackets that do not close', /<[^>]*>/g],
  ['numbers of two parts', /^\d+\.?\d*$/],
  ['one repetition inside another', /^(a+)+$/],
  ['a call that does not close', /rgb\([^)]*\)/g],
])('a pattern of %s is found to be slow', (_, expression) => {
  expect(slowText({ expression })).toBeDefined()
})
