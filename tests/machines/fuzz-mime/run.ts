import { availableParallelism } from 'node:os'
import { createMimeCodec } from '../../../server/adapters/mime/codec.ts'
import { seed, wholeNumber } from '../kit/command-line.ts'
import { quickDatabase } from '../kit/databases.ts'
import { needCorpus, runMachine } from '../kit/run-machine.ts'
import { openFuzzDatabase } from './database.ts'
import { openInputs } from './inputs.ts'
import { playFuzz } from './machine.ts'

await runMachine(
  {
    command: 'fuzz:mime',
    about: 'Mutated mail of the corpus is read, whatever its bytes, and ends with something that the database takes.',
    options: {
      inputs: wholeNumber('mails to read', 100_000),
      seed,
      only: wholeNumber('shows only this input, and how it is read', undefined),
    },
  },
  async ({ inputs, seed, only }, { tell, seconds, again }) => {
    needCorpus('This machine changes mails of the corpus')
    const lanes = Math.min(4, Math.max(2, availableParallelism()))
    await using codec = createMimeCodec({ lanes })
    if (only !== undefined) {
      const { name, raw } = openInputs({ seed, corpusEvery: 1 }).at(only)
      console.log(name, raw.toString('latin1'), await codec.parse(raw))
      return undefined
    }
    await using place = await quickDatabase()
    await using database = await openFuzzDatabase(place.config)
    const plan = { inputs, seed, corpusEvery: 1, writeEvery: 20, parallel: lanes, tell }
    const { figures, problems } = await playFuzz(codec, database, plan)
    return {
      figures: { ...figures, seconds: seconds() },
      problems: problems.map((problem) => `${problem} (${again(`--seed ${seed} --only <number>`)})`),
    }
  },
)
