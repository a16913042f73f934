import { seed, wholeNumber } from '../kit/command-line.ts'
import { runMachine } from '../kit/run-machine.ts'
import { ignoreSettings } from './machine.ts'
import { proofs } from './proofs.ts'

await runMachine(
  {
    command: 'test:settings',
    about: 'Takes one setting after the other from its owner and never keeps it: a test of it must fail.',
    options: { settings: wholeNumber('settings, by default all', Object.keys(proofs).length), seed },
  },
  async ({ settings, seed }, { seconds, tell, again }) => {
    const { figures, problems } = await ignoreSettings({ settings, seed, tell })
    return {
      figures: { ...figures, seed, seconds: seconds() },
      problems: problems.map((problem) => `${problem}\n(again: ${again('')})`),
    }
  },
)
