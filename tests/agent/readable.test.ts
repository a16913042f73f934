import { expect, test } from 'vitest'
import { readable } from '../../server/agent/readable.ts'

test('emoji and words that need joiners are sent as they were written', () => {
  const text = 'سلام، می‌خواهم 👨‍👩‍👧 and 🏳️‍🌈\n\tclear'
  expect(readable(text)).toBe(text)
})

test('runs of joiners, tags, overrides, private and half characters are not', () => {
  expect(readable('a\u200D\u200D\u200Cb\u{E0041}c\u202Ed\uE000e\uD800f\0g')).toBe('abcdefg')
})
