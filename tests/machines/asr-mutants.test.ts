// Slow: each mutant is played in a thread and a database of its own.
import { expect, test } from 'vitest'
import { playReaderMutant } from './asr/mutants/play.ts'
import { readerMutants } from './asr/mutants/reader-mutants.ts'

const options = { seed: 1, tell: () => undefined, size: { sheets: 1, pairs: 4 } }
const absent = { file: 'server/agent/steps/retrieve.ts', find: 'no such text', replace: '', shownBy: 'echo' } as const

const shown = [
  'private notes are told',
  'notes are numbered with the private ones',
  'replies to others are examples where nobody reads the draft first',
  'replies to others are examples for a reply that somebody else gets',
]

test.each(shown)('it shows when %s', async (name) => {
  const mutant = readerMutants.find((each) => each.name === name)
  if (!mutant) throw new Error('there is no such mutant')
  expect(await playReaderMutant(mutant, options)).toBeNull()
})

test('a guard that is not there to be taken away is no find', async () => {
  expect(await playReaderMutant({ name: 'not there', ...absent }, options)).toBe(
    'not there (failed: “not there”: its text stands 0 times in server/agent/steps/retrieve.ts)',
  )
})
