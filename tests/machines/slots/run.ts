import { seed, wholeNumber } from '../kit/command-line.ts'
import { runMachine } from '../kit/run-machine.ts'
import { compareSlots } from './machine.ts'

await runMachine(
  {
    command: 'test:slots',
    about: 'Free hours in all time zones, around the jumps of their clocks, are those that a count of minutes finds.',
    options: { cases: wholeNumber('searches for free hours', 20_000), seed },
  },
  async ({ cases, seed }, { seconds, again }) => {
    const { figures, problems } = compareSlots({ cases, seed })
    return {
      figures: { ...figures, seconds: seconds() },
      problems: problems.map((problem) => `${problem}\n(again: ${again(`--seed ${seed}`)})`),
    }
  },
)
