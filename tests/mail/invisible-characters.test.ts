import { expect, test } from 'vitest'
import { stripInvisible } from '../../server/mail/invisible-characters.ts'

test.each([
  ['a family', '👨‍👩‍👧 comes'],
  ['a rainbow flag', '🏳️‍🌈'],
  ['a heart on fire', '❤️‍🔥'],
  ['a person with a skin and a job', '👩🏽‍🚀'],
  ['a key cap', '1️⃣'],
  ['the flag of Scotland', '🏴󠁧󠁢󠁳󠁣󠁴󠁿'],
  ['a Persian verb', 'می‌خواهم'],
  ['a Sinhala conjunct', 'ක්‍ෂ'],
  ['a Hindi half letter', 'क्‍ष'],
  ['a variant of a Japanese name', '葛󠄀城'],
  ['a number in Hebrew text', 'שלום \u200E+972'],
  ['lines and tabs', 'a\n\tb'],
])('what draws something stays: %s', (_name, text) => {
  expect(stripInvisible(text)).toEqual({ text, traces: new Set() })
})

test.each<[string, string, string, string[]]>([
  ['a run of zero-width characters', 'a\u200B\u200C\u200D\u2060b', 'ab', ['zero-width']],
  ['a run behind a joiner that belongs there', 'می\u200C\u200B\u200Bخواهم', 'می\u200Cخواهم', ['zero-width']],
  ['a joiner between letters that do not join', 'a\u200Db', 'ab', []],
  ['zero-width characters inside words', 'f\u200Br\u200Be\u200Be', 'free', ['zero-width']],
  ['bytes as variation selectors', 'x\uFE01\uFE05\u{E0110}y', 'xy', ['zero-width']],
  ['a selector behind each letter', 'p\uFE01a\uFE02y\uFE03s', 'pays', ['zero-width']],
  ['an override', '\u202Egpj.exe', 'gpj.exe', ['bidi']],
  ['an isolate', '\u2067x\u2069', 'x', ['bidi']],
  ['a mark of direction where nothing runs from the right', 'x\u200Ey', 'xy', []],
  ['tags', '\u{E0001}\u{E0041}x', 'x', ['tag-characters']],
  ['tags behind a flag that spell no flag', '🏴\u{E0068}\u{E0069}\u{E007F}', '🏴', ['tag-characters']],
  ['soft hyphens, as newspapers use them', 'Do\u00ADnau\u00ADdampf\u00ADschiff', 'Donaudampfschiff', []],
  ['a byte order mark', '\uFEFFhello', 'hello', []],
  ['control characters', 'a\0b\x07c\x9Fd\r', 'abcd', []],
])('what draws nothing goes: %s', (_name, text, seen, traces) => {
  expect(stripInvisible(text)).toEqual({ text: seen, traces: new Set(traces) })
})

test('half a character becomes the mark for an unknown one', () => {
  expect(stripInvisible('a\uD800b').text).toBe('a\uFFFDb')
})
