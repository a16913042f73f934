import { createTestApp } from '../../support/app.ts'
import { type Option, seed, wholeNumber } from '../kit/command-line.ts'
import { newDatabase } from '../kit/databases.ts'
import { runMachine } from '../kit/run-machine.ts'
import { walkTenants } from './machine.ts'
import { takeOutOwners } from './mutants.ts'
import { withCrowd } from './owners/crowd.ts'
import { judge } from './owners/judge.ts'
import { allPlays } from './owners/plays.ts'

const few = wholeNumber('queries that lose their owner, one at a time, which must be noticed; `all` of them', 10)
const mutants: Option<number> = {
  ...few,
  read: (given, name) => (given.at(-1) === 'all' ? Infinity : few.read(given, name)),
}

await runMachine(
  {
    command: 'test:tenants',
    about: 'Every procedure called by everybody: nothing of one owner shows to another, nor can a row belong to two.',
    options: { mutants, seed },
  },
  async ({ mutants, seed }, { seconds, tell }) => {
    const walked = await walk()
    const taken = await withCrowd(async (crowd) => {
      const { judged, problems } = await judge(crowd, allPlays(crowd.known))
      // Where others make a difference already, nothing is to be learned from a query without its owner.
      if (problems.length > 0) return { figures: { mutants: 0, killed: 0 }, problems }
      return await takeOutOwners(crowd, judged, { mutants, seed, tell })
    })
    const { crossKeys, crossKeysRefused, ...rest } = walked.figures
    return {
      figures: { ...rest, ...taken.figures, crossKeys, crossKeysRefused, seed, seconds: seconds() },
      problems: [...walked.problems, ...taken.problems],
    }
  },
)

async function walk() {
  await using database = await newDatabase(process.env['TEST_DATABASE_URL'])
  await using app = await createTestApp({ config: { database: database.config } })
  return await walkTenants(app)
}
