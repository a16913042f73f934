import { runMachine } from '../kit/run-machine.ts'
import { openDesk } from './machine.ts'

await runMachine(
  {
    command: 'test:client',
    about: 'The packed client in a Next.js page, built and opened in a browser, against a server that really runs.',
    options: {},
  },
  async (_options, { tell, seconds }) => {
    const { figures, problems } = await openDesk(tell)
    return { figures: { ...figures, seconds: seconds() }, problems }
  },
)
