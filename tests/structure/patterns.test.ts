// Slow: some 350 patterns are each measured on hostile texts, up to a million characters long.
import { afterAll, expect, test } from 'vitest'
import { findMade, findPatterns, type Pattern } from './patterns/find.ts'
import { slowText, slowTextOf, tooManyCharacters } from './patterns/judge.ts'
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
  // A header of senders is looked at up to four times as long as an address.
  'server/adapters/mime/addresses.ts /\\([^)]*$/': 1280,
  // A comment is looked at up to 5,000 characters.
  'server/adapters/mime/html/comments.ts /<(style|xml)\\b[\\s\\S]*?<\\/\\1>|<[^<>]*>|\\[[^[\\]]*\\]>?/gi': 5_000,
}

/** Patterns that are made of data, and why no data makes a slow one. */
const madeLater: Readonly<Record<string, string>> = {}

const program = openProgram()
afterAll(() => program[Symbol.dispose]())
const files = folders.flatMap((folder) => program.filesBelow(folder))
const made = await findMade(files)
const patterns = [...findPatterns(files), ...made.patterns]

const slowOn = new Map<string, string | undefined>()

/** The text on which this pattern is slow; looked for once. */
function findSlowText({ name, expression }: Pattern): string | undefined {
  if (slowOn.has(name)) return slowOn.get(name)
  const longest = cut[name]
  const text = longest === undefined ? slowText(expression) : slowTextOf(expression, longest)
  slowOn.set(name, text)
  return text
}

test('no pattern that meets mail or input takes more than linear time, so that no text holds the server up', () => {
  expect(patterns.length).toBeGreaterThan(200)
  const slow = patterns.flatMap((pattern) => {
    const text = findSlowText(pattern)
    return text === undefined ? [] : [`${pattern.place}: ${pattern.name} on ${text}`]
  })
  expect(slow).toEqual([])
})

test('no pattern that meets whole mails is held up by a million hostile characters', () => {
  // On so many characters one that is known to be slow might never come to an end.
  const others = patterns.filter((pattern) => !(pattern.name in cut) && findSlowText(pattern) === undefined)
  const slow = others.flatMap(({ name, place, expression }) => {
    const length = tooManyCharacters(expression)
    return length === undefined ? [] : [`${place}: ${name} on ${length} characters`]
  })
  expect(slow).toEqual([])
})

test('no pattern is made of what nobody knows beforehand', () => {
  expect(made.patterns.length).toBeGreaterThan(5)
  expect(made.later.filter((call) => !(call in madeLater))).toEqual([])
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
  ['blanks at both ends', /^\s+|\s+$/g],
  ['anything around a sign', /(.*)@(.*)/],
  ['a repetition of two repetitions', /(x+x+)+y/],
  ['a comma after blanks', /\s*,$/],
  ['a rare word before two repetitions', /(?:quite )?zebra\s+\s+!/],
])('a pattern of %s is found to be slow', (_, expression) => {
  expect(slowText(expression)).toBeDefined()
})

test('a pattern that is slow only on a mix of runs is found by the million', () => {
  const expression = /\([^)]*$/
  expect(slowText(expression)).toBeUndefined()
  expect(tooManyCharacters(expression)).toBeDefined()
})

test('a pattern that is made is seen: of constants at once, of data or in a function as one to be explained', async () => {
  const { patterns: known, later } = await findMade(program.filesBelow('tests/structure/patterns/planted/'))
  expect(known.map(({ name }) => name.replace(/^.* /, ''))).toEqual(['/^(?:a|b)+$/iu', '/x+/', '/y+/'])
  expect(later.map((call) => call.replace(/^\S+ /, ''))).toEqual(['new RegExp(word)', 'RegExp(`^${word}`)'])
})
