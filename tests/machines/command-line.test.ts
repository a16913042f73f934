import { expect, test } from 'vitest'
import { decimal, flag, helpOf, readCommandLine, seed, someOf, text, wholeNumber } from './kit/command-line.ts'

const options = {
  rounds: wholeNumber('how many', 10),
  most: wholeNumber('at most', undefined),
  share: decimal('of all', 0.4),
  whole: flag('everything'),
  point: text('one alone', 'point'),
  only: someOf(['kills', 'storm'], 'only these'),
  seed,
}
const read = (...args: string[]) => readCommandLine('test:planted', options, args)

test('what is not given has its default, and a seed is another each time', () => {
  expect(read()).toMatchObject({ rounds: 10, most: undefined, share: 0.4, whole: false, point: undefined })
  expect(read()?.only).toBeUndefined()
  expect(read()?.seed).not.toBe(read()?.seed)
})

test('what is given is read', () => {
  const args = ['--rounds', '3', '--share=.5', '--whole', '--point', 'send:1', '--only', 'storm', '--only', 'kills']
  expect(read(...args, '--seed', '7')).toMatchObject({
    rounds: 3,
    share: 0.5,
    whole: true,
    point: 'send:1',
    only: ['storm', 'kills'],
    seed: 7,
  })
})

test.each([
  ['an option it does not know', ['--nonsense'], /'--nonsense'.* npm run test:planted -- --help$/],
  ['an argument', ['storm'], /'storm'.* npm run test:planted -- --help$/],
  ['an option without its value', ['--rounds'], /--rounds.* npm run test:planted -- --help$/],
  ['half a round', ['--rounds', '1.5'], /^--rounds is a whole number, not "1\.5"\.$/],
  ['an empty number', ['--seed', ''], /^--seed is a whole number, not ""\.$/],
  ['a word for a share', ['--share', 'half'], /^--share is a number, not "half"\.$/],
  ['a name there is not', ['--only', 'storms'], /^--only takes kills, storm, not storms\.$/],
])('%s is refused in a sentence', (_, args, sentence) => {
  expect(() => read(...args)).toThrow(sentence)
})

test('the help names every option with its default, and nothing is played', () => {
  expect(read('--help')).toBeNull()
  const help = helpOf('test:planted', 'Planted.', options)
  for (const name of Object.keys(options)) expect(help).toContain(`--${name}`)
  expect(help).toContain('how many (10)')
})
