import { setTimeout } from 'node:timers/promises'
import { createTestApp, testEnvironment } from '../../../support/app.ts'
import { newDatabase } from '../../kit/databases.ts'
import { openLoad } from '../kills/load.ts'
import { isQuiet, judge } from '../kills/verdict.ts'
import { startWorkers } from '../workers.ts'
import { openStrikes } from './strikes.ts'

export interface ChaosOptions {
  /** Address of a native server, as a superuser. */
  readonly server: string
  readonly jobs: number
  readonly workers: number
  /** How long connections are ended; the other strikes stand in it. */
  readonly seconds: number
  /** From the last strike all must be settled within this time. */
  readonly longestRecoveryS: number
  /** Whether the whole server is restarted as well: nobody else should be on it. */
  readonly restart: boolean
  tell(line: string): void
}

export interface ChaosFigures {
  readonly chaosJobs: number
  readonly chaosLost: number
  readonly chaosDoubled: number
  readonly chaosUnknown: number
  /** Of the workers. */
  readonly chaosEnded: number
  readonly connectionsEnded: number
  /** From the last strike until everything was settled. */
  readonly chaosRecoveryS: number
  readonly isHeld: boolean
}

const strikeEveryMs = 3_000
const ceilingMs = 5 * 60_000

/** What befalls a queue on PostgreSQL: its connections ended again and again, none left, an old transaction, a restart. */
export async function runChaos({
  server,
  jobs,
  seconds,
  restart,
  longestRecoveryS,
  tell,
  ...options
}: ChaosOptions): Promise<ChaosFigures> {
  await using database = await newDatabase(server)
  const { config } = database
  if (config.kind !== 'native') throw new Error('the chaos needs a native server')
  await using strikes = await openStrikes(config.url)
  await using app = await createTestApp({ config: { database: config, roles: ['api'] } })
  const load = await openLoad(app, 8)
  const wanted = { mails: Math.round(jobs * 0.75), sends: Math.round(jobs * 0.25) }
  const environment = { ...testEnvironment(app.google), LOG_LEVEL: 'info', DATABASE_URL: strikes.url }
  await using workers = await startWorkers(options.workers, environment, { pick: () => 0, clocksApartMs: 0 })

  await using _held = await strikes.holdTransaction()
  let connectionsEnded = 0
  const ticks = Math.round((seconds * 1_000) / strikeEveryMs)
  for (let tick = 1; tick <= ticks; tick++) {
    const begun = performance.now()
    await load.deliver(Math.ceil((wanted.mails * tick) / ticks) - load.mails)
    await load.approve(Math.ceil((wanted.sends * tick) / ticks) - load.sends)
    connectionsEnded += await strikes.endConnections()
    if (tick === Math.round(ticks / 3)) await strikes.limitConnections(2)
    if (tick === Math.round(ticks / 2)) await strikes.limitConnections(null)
    if (restart && tick === Math.round((ticks * 2) / 3)) {
      tell('the server restarts')
      await strikes.restartServer()
    }
    if (tick % 10 === 0)
      tell(`${load.mails} mails, ${load.sends} replies approved, ${connectionsEnded} connections ended`)
    await setTimeout(Math.max(0, strikeEveryMs - (performance.now() - begun)))
  }

  const lastStrike = performance.now()
  let quiet = false
  while (!quiet && performance.now() - lastStrike < ceilingMs) {
    await load.approve(wanted.sends - load.sends)
    quiet = load.sends >= wanted.sends && (await isQuiet(app, load))
    await setTimeout(500)
  }
  const chaosRecoveryS = Math.round((performance.now() - lastStrike) / 100) / 10
  const { lost, doubled, unknown } = await judge(app, load)
  const ended = workers.ended
  const chaosJobs = load.mails + load.sends
  const isSound = quiet && lost === 0 && doubled === 0 && ended === 0
  return {
    chaosJobs,
    chaosLost: lost,
    chaosDoubled: doubled,
    chaosUnknown: unknown,
    chaosEnded: ended,
    connectionsEnded,
    chaosRecoveryS,
    isHeld: isSound && chaosRecoveryS <= longestRecoveryS && chaosJobs >= jobs,
  }
}
