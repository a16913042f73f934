import { createTestApp } from '../../support/app.ts'
import { seed, wholeNumber } from '../kit/command-line.ts'
import { newDatabase } from '../kit/databases.ts'
import { runMachine } from '../kit/run-machine.ts'
import { walkTenants } from './machine.ts'
import { takeOutOwners } from './mutants.ts'

await runMachine(
  {
    command: 'test:tenants',
    about: 'Every procedure called by everybody: nothing of one owner shows to another, nor can a row belong to two.',
    options: {
      mutants: wholeNumber('queries from which the owner is taken out, one at a time, which must be noticed', 0),
      seed,
    },
  },
  async ({ mutants, seed }, { seconds, tell }) => {
    await using database = await newDatabase(process.env['TEST_DATABASE_URL'])
    await using app = await createTestApp({ config: { database: database.config } })
    const { figures, problems } = await walkTenants(app)
    if (mutants === 0) return { figures: { ...figures, seconds: seconds() }, problems }
    const taken = await takeOutOwners({ mutants, seed }, tell)
    return {
      figures: { ...figures, ...taken.figures, seed, seconds: seconds() },
      problems: [...problems, ...taken.problems],
    }
  },
)
