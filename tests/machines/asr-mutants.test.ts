// Slow: each mutant is played in a thread and a database of its own.
import { expect, test } from 'vitest'
import { playReaderMutants } from './asr/mutants/play.ts'
import { readerMutants } from './asr/mutants/reader-mutants.ts'

const tell = () => undefined
const named = (name: string) => readerMutants.filter((mutant) => mutant.name === name)

test('a guard that is missing shows in the echo or in the pairs, and one that is not there to be taken away is no find', async () => {
  const mutants = [
    ...named('private notes are told'),
    ...named('notes are numbered with the private ones'),
    { name: 'not there', file: 'server/agent/steps/retrieve.ts', find: 'no such text', replace: '' },
  ]
  const { survivors, ...figures } = await playReaderMutants({ seed: 1, tell, mutants, size: { sheets: 1, pairs: 4 } })
  expect(figures).toEqual({ mutants: 3, killed: 2 })
  expect(survivors).toEqual([
    'not there (failed: “not there”: its text stands 0 times in server/agent/steps/retrieve.ts)',
  ])
})
