import { availableParallelism } from 'node:os'
import { flag, seed, someOf, text, wholeNumber } from '../kit/command-line.ts'
import { runMachine } from '../kit/run-machine.ts'
import { playPoints } from './machine.ts'
import { workflows } from './workflows.ts'

/** Of the whole. */
const fewestPoints = 200
const names = workflows.map(({ name }) => name)

await runMachine(
  {
    command: 'test:crash',
    about: 'Every workflow, killed before and after each of its steps, or made to fail there: it recovers.',
    options: {
      workflow: someOf(names, 'only these workflows'),
      only: text('only this point, with the log of its servers', 'point'),
      every: wholeNumber('every so manieth point; the seed says which', 1),
      pairs: flag('every pair of kills, one in each of the first two lives; by default of sending'),
      seed,
      parallel: wholeNumber('points at the same time; by default one a core, two at least', undefined),
    },
  },
  async ({ workflow, only, every, pairs, seed, parallel }, { tell, seconds, again }) => {
    const wanted = only ? [only.split(':')[0]] : (workflow ?? (pairs ? ['send'] : names))
    const tally = await playPoints({
      workflows: workflows.filter(({ name }) => wanted.includes(name)),
      pairs: pairs || only?.includes('+') === true,
      selects: (name, index) => (only ? name === only : (index + seed) % every === 0),
      parallel: only ? 1 : (parallel ?? Math.max(2, availableParallelism())),
      url: process.env['TEST_DATABASE_URL'],
      logLevel: only ? 'info' : 'silent',
      tell,
    })
    const { points, survived } = tally.totals()
    const isWhole = !only && !workflow && !pairs && every === 1
    const fewest = isWhole ? fewestPoints : 1
    return {
      figures: {
        points,
        survived,
        seed,
        every,
        steps: tally.steps.size,
        seconds: seconds(),
        workflows: tally.workflows,
      },
      problems: [
        ...tally.failed.map((name) => again(`--only ${name}`)),
        ...(points < fewest ? [`${points} points were tried, and ${fewest} are the fewest`] : []),
      ],
    }
  },
)
