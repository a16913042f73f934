import { corpusFile } from '../../support/corpus.ts'
import { seed, wholeNumber } from '../kit/command-line.ts'
import { quickDatabase } from '../kit/databases.ts'
import { needCorpus, runMachine } from '../kit/run-machine.ts'
import { playFuzz } from './machine.ts'

await runMachine(
  {
    command: 'fuzz:api',
    about:
      'Input that is nearly right, and hostile, to everything that HTTP reaches: no answer is a server error, none shows what is inside.',
    options: { inputs: wholeNumber('requests to send', 50_000), seed },
  },
  async ({ inputs, seed }, { tell, seconds, again }) => {
    needCorpus('This machine sends the naughty strings of the corpus')
    const naughty = JSON.parse(corpusFile('naughty-strings.json').toString()) as string[]
    await using database = await quickDatabase(process.env['TEST_DATABASE_URL'])
    const plan = { inputs, seed, naughty, database: database.config, isWhole: true, tell }
    const { figures, problems } = await playFuzz(plan)
    const took = seconds()
    return {
      figures: { ...figures, perSecond: Math.round(inputs / Math.max(1, took)), seed, seconds: took },
      problems: problems.map((problem) => `${problem} (${again(`--inputs ${inputs} --seed ${seed}`)})`),
    }
  },
)
