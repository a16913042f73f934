import { setTimeout } from 'node:timers/promises'
import { createTestApp, testEnvironment } from '../../../support/app.ts'
import { startProxy } from '../../../support/database-proxy.ts'
import { Random } from '../../../support/seeded-random.ts'
import { newDatabase } from '../../kit/databases.ts'
import { startWorkers } from '../workers.ts'
import { openLoad } from './load.ts'
import { watchRecovery } from './recovery.ts'
import { isQuiet, judge } from './verdict.ts'

export interface KillsOptions {
  /** Address of a native server. */
  readonly server: string
  readonly jobs: number
  readonly workers: number
  /** Length of the time with kills; the jobs come evenly over it. */
  readonly seconds: number
  readonly seed: number
  tell(line: string): void
}

export interface KillsFigures {
  readonly jobs: number
  readonly lost: number
  readonly doubled: number
  readonly recoverySMax: number
  readonly unknown: number
  readonly kills: number
  readonly isHeld: boolean
}

const killEveryMs = 2_000
const clocksApartMs = 5 * 60_000
/** From the last kill on, all must be settled within this time. */
const ceilingMs = 5 * 60_000
const longestRecoveryS = 90

/** Workers killed in turn, their clocks apart, the database away and half-open. */
export async function runKills(options: KillsOptions): Promise<KillsFigures> {
  const { server, jobs, seconds, tell } = options
  const outageMs = Math.min(30_000, seconds * 170)
  await using database = await newDatabase(server)
  const { config } = database
  if (config.kind !== 'native') throw new Error('the soak needs a native server')
  await using proxy = await startProxy(new URL(config.url))
  await using app = await createTestApp({ config: { database: config, roles: ['api'] } })
  const load = await openLoad(app, 8)
  const recovery = watchRecovery(app)
  const wanted = { mails: Math.round(jobs * 0.75), sends: Math.round(jobs * 0.25) }
  const environment = { ...testEnvironment(app.google), LOG_LEVEL: 'info', DATABASE_URL: proxy.url }
  const random = new Random(options.seed)
  const pick = (below: number) => random.below(below)
  await using workers = await startWorkers(options.workers, environment, { pick, clocksApartMs })

  const ticks = Math.round((seconds * 1_000) / killEveryMs)
  for (let tick = 1; tick <= ticks; tick++) {
    const begun = performance.now()
    await load.deliver(Math.ceil((wanted.mails * tick) / ticks) - load.mails)
    await load.approve(Math.ceil((wanted.sends * tick) / ticks) - load.sends)
    await workers.killOne()
    await recovery.killed()
    if (tick === Math.round(ticks / 3)) await outage('the database is away', proxy.cut, proxy.mend)
    if (tick === Math.round((ticks * 2) / 3)) await outage('connections are half-open', proxy.goDead, proxy.comeAlive)
    await recovery.look()
    if (tick % 15 === 0) report()
    await setTimeout(Math.max(0, killEveryMs - (performance.now() - begun)))
  }

  const lastKill = performance.now()
  let quiet = false
  while (!quiet && performance.now() - lastKill < ceilingMs) {
    await load.approve(wanted.sends - load.sends)
    await recovery.look()
    quiet = load.sends >= wanted.sends && (await isQuiet(app, load))
    await setTimeout(500)
  }
  await recovery.look()
  report()

  const { lost, doubled, unknown } = await judge(app, load)
  const recoverySMax = recovery.slowest()
  const done = load.mails + load.sends
  const isHeld = quiet && lost === 0 && doubled === 0 && recoverySMax <= longestRecoveryS && done >= jobs
  return { jobs: done, lost, doubled, recoverySMax, unknown, kills: workers.kills, isHeld }

  async function outage(what: string, begin: () => unknown, end: () => unknown): Promise<void> {
    tell(`${what} for ${outageMs / 1_000} s`)
    await begin()
    await setTimeout(outageMs)
    await end()
    recovery.leaveOut(outageMs)
  }

  function report(): void {
    const { mails, sends } = load
    tell(`${mails} mails, ${sends} replies approved, ${workers.kills} kills, slowest ${recovery.slowest()} s`)
  }
}
