import { availableParallelism } from 'node:os'
import { seed, someOf, text, wholeNumber } from '../kit/command-line.ts'
import { quickDatabase } from '../kit/databases.ts'
import { runMachine } from '../kit/run-machine.ts'
import { playInThreads } from '../kit/threads.ts'
import { type ConfigurationName, configurationNames } from './configurations.ts'
import { raceCancels } from './races.ts'
import { replay } from './replay.ts'
import { report } from './report.ts'
import type { Search } from './search.ts'
import { addTo, newTally, type Tally } from './tally.ts'

/** In each configuration, when nothing is left out. */
const fewest = 15_000
/** So many parts of each configuration, that no thread waits long for another in the end. */
const parts = 12
/** A schedule of the sample has no more. */
const sampledFaults = 3

await runMachine(
  {
    command: 'test:outbox-model',
    about: 'Every order of crashes, stalls, lost answers and meddling around a send: nothing goes out twice.',
    options: {
      faults: wholeNumber('at once, at most', 3),
      sample: wholeNumber('so many schedules with more faults than that besides, by chance', 0),
      races: wholeNumber('cancels that meet the dispatch', 1_000),
      seed,
      only: someOf(configurationNames, 'only in these configurations'),
      schedule: text('tells this one alone, point by point, in the first of the configurations', 'schedule'),
    },
  },
  async ({ faults, sample, races, seed, only, schedule }, { tell, seconds, again }) => {
    const configurations = only ?? configurationNames
    if (schedule) {
      console.log((await replay(configurations[0] ?? 'kept', schedule)).join('\n'))
      return undefined
    }

    const searches = configurations.flatMap((configuration) => searchesOf(configuration, { faults, sample, seed }))
    const tallies = new Map<ConfigurationName, Tally>()
    await playInThreads<Search, Tally>(new URL('./thread.ts', import.meta.url), searches, {
      threads: Math.min(availableParallelism(), 4),
      tell,
      onResult(found, { configuration, share }) {
        const tally = tallies.get(configuration) ?? newTally()
        addTo(tally, found)
        tallies.set(configuration, tally)
        tell(`${configuration}: ${tally.schedules} schedules (part ${share.index + 1} of ${share.of})`)
      },
    })
    await using database = await quickDatabase(process.env['TEST_DATABASE_URL'])
    const raced = await raceCancels(database.config, { races, seed })

    const figures = { ...report(tallies, raced), faults, sample, seed, seconds: seconds() }
    const isShort = faults >= 3 && !only && figures.schedules < fewest
    const found = [...tallies].flatMap(([name, { failures }]) =>
      failures.map(({ schedule, told, end, problems, lastError }) => {
        const words = `${problems.join(', ')}: ${told.join('; ')}; ended ${end}; last error: ${lastError}`
        return `${words}\n  ${again(`--only ${name} --schedule ${schedule}`)}`
      }),
    )
    return {
      figures,
      problems: [
        ...found,
        ...raced.problems.map((problem) => `${problem} (--races ${races} --seed ${seed})`),
        ...(isShort ? [`${figures.schedules} schedules were searched, and ${fewest} are the fewest`] : []),
      ],
    }
  },
)

function searchesOf(
  configuration: ConfigurationName,
  { faults, sample, seed }: { faults: number; sample: number; seed: number },
): Search[] {
  return Array.from({ length: parts }, (_, index) => {
    const search = { configuration, faults, share: { index, of: parts } }
    return index === 0 && sample > 0 ? { ...search, sample: { count: sample, faults: sampledFaults, seed } } : search
  })
}
