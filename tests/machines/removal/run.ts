import { seed, wholeNumber } from '../kit/command-line.ts'
import { runMachine } from '../kit/run-machine.ts'
import { removeSources } from './machine.ts'

await runMachine(
  {
    command: 'test:removal',
    about: 'What a reply says of a source is gone, or asked of its owner, once the source is taken away.',
    options: { removals: wholeNumber('sources to be taken away', 500), seed },
  },
  async ({ removals, seed }, { seconds, again }) => {
    const { figures, problems } = await removeSources({ removals, seed })
    return {
      figures: { ...figures, seconds: seconds() },
      problems: problems.map((problem) => `${problem}\n(again: ${again(`--seed ${seed}`)})`),
    }
  },
)
