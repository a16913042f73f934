import { expect, test } from 'vitest'
import { differenceOf, faultOf } from '../../server/agent/draft-fault.ts'

const before =
  'Dear Ada,\n\nthank you for your message about the drawings. Two drawings cost 90 pounds. I will send them on Monday.\n\nBest regards,\nMara'

test.each([
  ['WRONG_FACT', 'another price', before.replace('90 pounds', '120 pounds')],
  ['PROMISED_TOO_MUCH', 'a promise that went', before.replace(' I will send them on Monday.', '')],
  ['WRONG_PERSON', 'another name', before.replace('Dear Ada', 'Dear Grace')],
  ['WRONG_TONE', 'greeting and closing', before.replace('Dear Ada,', 'Hi Ada,').replace('Best regards,', 'Cheers,')],
  ['TOO_LONG', 'the half of it', 'Dear Ada,\n\nTwo drawings cost 90 pounds. I will send them on Monday.\n\nMara'],
  ['MISSING_ANSWER', 'one more sentence', before.replace('90 pounds.', '90 pounds. They are printed on paper.')],
  [
    'WRONG_LANGUAGE',
    'the same in German',
    'Liebe Ada,\n\nvielen Dank für deine Nachricht wegen der Zeichnungen. Zwei Zeichnungen kosten 90 Pfund.\n\nViele Grüße\nMara',
  ],
  ['OTHER', 'other words', before.replace('thank you for your message about', 'thanks a lot for your note on')],
] as const)('%s: %s', (fault, _what, after) => {
  expect(faultOf(before, after)).toBe(fault)
})

test('a difference is what went and what came, sentence by sentence', () => {
  expect(differenceOf(before, before.replace('90 pounds', '120 pounds'))).toEqual({
    removed: ['Two drawings cost 90 pounds.'],
    added: ['Two drawings cost 120 pounds.'],
  })
  expect(differenceOf(before, before)).toEqual({ removed: [], added: [] })
  const long = differenceOf(
    'a',
    Array.from({ length: 50 }, (_, index) => `Sentence ${index} ${'😀'.repeat(300)}.`).join('\n'),
  )
  expect(long.added).toHaveLength(20)
  expect(long.added.every((sentence) => sentence.length <= 300 && sentence.isWellFormed())).toBe(true)
})
