import { randomInt } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { quickDatabase } from '../kit/databases.ts'
import { type ConfigurationName, configurationNames } from './configurations.ts'
import { type RaceResults, raceCancels } from './races.ts'
import { replay } from './replay.ts'
import { report } from './report.ts'
import type { Search } from './search.ts'
import type { Tally } from './tally.ts'
import { searchAll } from './threads.ts'

/** In each configuration, when nothing is left out. */
const fewest = 15_000
/** So many parts of each configuration, that no thread waits long for another in the end. */
const parts = 12
/** A schedule of the sample has no more. */
const sampledFaults = 3

const { values } = parseArgs({
  options: {
    faults: { type: 'string', default: '3' },
    sample: { type: 'string', default: '0' },
    races: { type: 'string', default: '1000' },
    seed: { type: 'string' },
    only: { type: 'string', multiple: true },
    schedule: { type: 'string' },
  },
})
const faults = Number(values.faults)
const sample = Number(values.sample)
const races = Number(values.races)
const seed = Number(values.seed ?? randomInt(2 ** 31))
if (![faults, sample, races, seed].every(Number.isInteger))
  throw new Error('--faults, --sample, --races and --seed are whole numbers')
const configurations = (values.only ?? configurationNames) as ConfigurationName[]
if (!configurations.every((name) => configurationNames.includes(name)))
  throw new Error(`--only ${configurationNames.join(' | ')}`)

if (values.schedule) console.log((await replay(configurations[0] ?? 'kept', values.schedule)).join('\n'))
else await run()

async function run(): Promise<void> {
  const startedAt = performance.now()
  const searches = configurations.flatMap((configuration) => searchesOf(configuration))
  const threads = Math.min(availableParallelism(), 4)
  const tallies = await searchAll(searches, { threads, onDone: tell })
  const raced = await raceOn(process.env['TEST_DATABASE_URL'])

  for (const [name, { failures }] of tallies) {
    for (const { schedule, told, end, problems, lastError } of failures) {
      console.error(`${problems.join(', ')}: ${told.join('; ')}; ended ${end}; last error: ${lastError}`)
      console.error(`  npm run test:outbox-model -- --only ${name} --schedule ${schedule}`)
    }
  }
  for (const failure of raced.failures.slice(0, 5)) console.error(`${failure} (--races ${races} --seed ${seed})`)
  const seconds = Math.round((performance.now() - startedAt) / 1_000)
  const figures = { ...report(tallies, raced), faults, sample, seed, seconds }
  console.log(JSON.stringify(figures))
  const isWhole = faults >= 3 && !values.only
  const isShort = isWhole && figures.schedules < fewest
  const isWrong = raced.failures.length > 0 || [...tallies.values()].some(({ failures }) => failures.length > 0)
  if (isShort || isWrong) process.exitCode = 1
}

function searchesOf(configuration: ConfigurationName): Search[] {
  return Array.from({ length: parts }, (_, index) => {
    const search = { configuration, faults, share: { index, of: parts } }
    return index === 0 && sample > 0 ? { ...search, sample: { count: sample, faults: sampledFaults, seed } } : search
  })
}

function tell({ configuration, share }: Search, { schedules }: Tally): void {
  console.error(`${configuration}: ${schedules} schedules (part ${share.index + 1} of ${share.of})`)
}

async function raceOn(server: string | undefined): Promise<RaceResults> {
  await using database = await quickDatabase(server)
  return await raceCancels(database.config, { races, seed })
}
