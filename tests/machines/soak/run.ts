import { StartError } from '../../../server/errors.ts'
import { decimal, flag, seed, someOf, text, wholeNumber } from '../kit/command-line.ts'
import { quickDatabase } from '../kit/databases.ts'
import { needServer, runMachine } from '../kit/run-machine.ts'
import { runChaos } from './chaos/chaos.ts'
import { runHeld } from './held/held.ts'
import { runKills } from './kills/kills.ts'
import { runStorm } from './storm/storm.ts'
import { runUpgrade } from './upgrade/upgrade.ts'

const usual = ['kills', 'storm', 'chaos', 'held'] as const
/** Upgrade needs an older release beside this one. */
const parts = [...usual, 'upgrade'] as const

await runMachine(
  {
    command: 'test:soak',
    about:
      'Workers that are killed, a database that goes away, machines that answer machines, and more load than is held.',
    options: {
      only: someOf(parts, 'only these parts, by default all but upgrade'),
      seed,
      jobs: wholeNumber('kills: jobs', 2_000),
      workers: wholeNumber('kills and chaos: workers', 3),
      seconds: wholeNumber('kills: length of the time with kills', 180),
      rounds: wholeNumber('storm: rounds', 10_000),
      'chaos-jobs': wholeNumber('chaos: jobs', 400),
      'chaos-seconds': wholeNumber('chaos: length of the time with strikes', 120),
      // What was taken out of the queue as a connection ended is missed after 15 s, by a pass every 5 s, and then repeated.
      'chaos-recovery': wholeNumber('chaos: seconds from the last strike within which all must be settled', 30),
      'restart-server': flag('chaos: restarts the server as well, which nobody else may use'),
      'held-seconds': wholeNumber('held: the time at the base load', 600),
      'overload-seconds': wholeNumber('held: each time at three times of it', 60),
      share: decimal('held: the base as a share of what is held', 0.4),
      older: text('upgrade: an older checkout with its packages installed', 'folder'),
      'upgrade-jobs': wholeNumber('upgrade: jobs', 300),
      'upgrade-seconds': wholeNumber('upgrade: length of the time under load', 60),
    },
  },
  async (values, { tell, seconds }) => {
    const { only = usual, seed, workers } = values
    const server = only.some((part) => part !== 'storm')
      ? needServer('Kills, chaos, load and upgrade need several processes on one PostgreSQL')
      : ''
    const play = {
      kills: () => runKills({ jobs: values.jobs, workers, seconds: values.seconds, server, seed, tell }),
      async storm() {
        await using database = await quickDatabase(process.env['TEST_DATABASE_URL'])
        // Awaited here: the database goes with this scope.
        return await runStorm({ rounds: values.rounds, seed, database: database.config, tell })
      },
      chaos() {
        const sizes = { jobs: values['chaos-jobs'], seconds: values['chaos-seconds'] }
        const longestRecoveryS = values['chaos-recovery']
        return runChaos({ ...sizes, longestRecoveryS, workers, restart: values['restart-server'], server, tell })
      },
      held() {
        const sizes = { heldSeconds: values['held-seconds'], overloadSeconds: values['overload-seconds'] }
        return runHeld({ ...sizes, share: values.share, server, seed, tell })
      },
      upgrade() {
        const { older } = values
        if (older === undefined) throw new StartError('Upgrade needs --older: an older checkout, with its packages.')
        const sizes = { jobs: values['upgrade-jobs'], seconds: values['upgrade-seconds'] }
        return runUpgrade({ ...sizes, workers, older, server, tell })
      },
    }
    let figures = {}
    const problems: string[] = []
    for (const part of parts.filter((one) => only.includes(one))) {
      const { isHeld, ...figuresOfPart } = await play[part]()
      figures = { ...figures, ...figuresOfPart }
      if (!isHeld) problems.push(`${part}: the figures of the last line are not those of a product that holds`)
    }
    return { figures: { ...figures, seconds: seconds(), seed }, problems }
  },
)
