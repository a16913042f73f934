import { createTestApp } from '../../support/app.ts'
import { newDatabase } from '../kit/databases.ts'
import { runMachine } from '../kit/run-machine.ts'
import { walkTenants } from './machine.ts'

await runMachine(
  {
    command: 'test:tenants',
    about: 'Every procedure called by everybody: nothing of one owner shows to another, nor can a row belong to two.',
    options: {},
  },
  async (_options, { seconds }) => {
    await using database = await newDatabase(process.env['TEST_DATABASE_URL'])
    await using app = await createTestApp({ config: { database: database.config } })
    const { figures, problems } = await walkTenants(app)
    return { figures: { ...figures, seconds: seconds() }, problems }
  },
)
