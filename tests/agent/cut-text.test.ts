import { expect, test } from 'vitest'
import { cutText, historyOf, linesOf, withoutHeld } from '../../server/agent/cut-text.ts'
import { cpuMsOf } from '../support/cpu-time.ts'

const cutOf = (text: string, freshText: string) => cutText(linesOf({ text, freshText }), 6_000)

test.each([
  ['nothing, where all is fresh', 'Hello\n\nAda', 'Hello\n\nAda', ''],
  ['nothing, where blank lines went', '\n\nHello\n\n\n\nAda  \n', 'Hello\n\nAda', ''],
  ['what is quoted below', 'Thanks!\n\nMara wrote:\n> How much?', 'Thanks!', 'Mara wrote:\n> How much?'],
  ['what is quoted between answers', '> Red?\nYes\n> Blue?\nYes', 'Yes\n\nYes', '> Red?\n> Blue?'],
  ['a signature', 'Thanks!\n-- \nAda Byron\n+44 20 7946 0958', 'Thanks!', '-- \nAda Byron\n+44 20 7946 0958'],
  ['nothing, where nobody told what is fresh', 'Hello', '', ''],
])('what was cut from a mail is %s', (_name, text, fresh, cut) => {
  expect(cutOf(text, fresh)).toBe(cut)
})

test('of a long quotation the beginning is shown, and no half of a character', () => {
  const lines = linesOf({ text: `Thanks\n${'😀'.repeat(100)}`, freshText: 'Thanks' })
  expect(cutText(lines, 21)).toBe(`${'😀'.repeat(10)}\uFFFD`)
})

const history = historyOf(['How much would two more drawings cost, and could you tell me by Friday?\n\nWhen?'])
const restOf = (...cut: string[]) =>
  withoutHeld(linesOf({ text: ['Thanks!', ...cut].join('\n'), freshText: 'Thanks!' }), history).map(({ text }) => text)

test.each([
  [['> How much would two more drawings cost, and could you tell me by Friday?']],
  [['> > how much would two more *drawings* cost, and could you', '> > tell me by', '> > Friday?']],
  [['| When?']],
  [['> ', '> ----']],
])('a quotation is known whatever its marks and wrapping: %j', (cut) => {
  expect(restOf(...cut)).toEqual(['Thanks!'])
})

test.each([
  [['> How much would three more drawings cost, and could you tell me by Friday?']],
  [['> How much would two more drawings cost, and could you tell me by Friday? And who pays?']],
  [['> Why?']],
])('what says something else is not known: %j', (cut) => {
  expect(restOf(...cut)).toEqual(['Thanks!', ...cut])
})

test('texts made to be slow are compared in time', async () => {
  const hostile = 'a'.repeat(20_000)
  const lines = linesOf({ text: `x\n${'ab\n'.repeat(3_000)}${hostile}b`, freshText: 'x' })
  expect(await cpuMsOf(() => withoutHeld(lines, historyOf([hostile, hostile])))).toBeLessThan(500)
})
