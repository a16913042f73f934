import { createTestApp } from '../../support/app.ts'
import { seed, wholeNumber } from '../kit/command-line.ts'
import { quickDatabase } from '../kit/databases.ts'
import { runMachine } from '../kit/run-machine.ts'
import { median, rankTest, timeLogins } from './machine.ts'

const mostApart = 0.05
const leastLikely = 0.01
/** A machine that does something else at the wrong moment is no difference: one shows each time. */
const rounds = 3

await runMachine(
  {
    command: 'test:login-timing',
    about: 'The time of a failed sign-in does not tell whether its address has an account.',
    options: { logins: wholeNumber('with each kind of address', 400), seed },
  },
  async ({ logins, seed }, { seconds, tell }) => {
    await using database = await quickDatabase(process.env['TEST_DATABASE_URL'])
    await using app = await createTestApp({ config: { database: database.config } })
    for (let round = 1; ; round++) {
      const times = await timeLogins(app, { logins, seed: seed + round })
      const [known, unknown] = [median(times.known), median(times.unknown)]
      const apart = Math.abs(known - unknown) / unknown
      const p = rankTest(times.known, times.unknown)
      const isAlike = apart < mostApart && p > leastLikely
      const told = { knownMs: rounded(known), unknownMs: rounded(unknown), apart: rounded(apart), p: rounded(p) }
      tell(`round ${round}: ${JSON.stringify(told)}`)
      if (!isAlike && round < rounds) continue
      const problems = isAlike ? [] : [`in each of ${rounds} rounds the times of known and unknown addresses differed`]
      return { figures: { logins: 2 * logins, ...told, round, seed, seconds: seconds() }, problems }
    }
  },
)

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000
}
