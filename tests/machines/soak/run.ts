import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createTestApp, testEnvironment } from '../../support/app.ts'
import { startProxy } from '../../support/database-proxy.ts'
import { newDatabase } from '../crash/databases.ts'
import { openLoad } from './load.ts'
import { seededPick } from './pick.ts'
import { watchRecovery } from './recovery.ts'
import { isQuiet, judge } from './verdict.ts'
import { startWorkers } from './workers.ts'

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '2000' },
    workers: { type: 'string', default: '3' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    /** Length of the time with kills; the jobs come evenly over it. */
    seconds: { type: 'string', default: '180' },
  },
})
const [jobs, workerCount, seed, seconds] = [values.jobs, values.workers, values.seed, values.seconds].map(Number) as [
  number,
  number,
  number,
  number,
]
const killEveryMs = 2_000
const clocksApartMs = 5 * 60_000
const outageMs = Math.min(30_000, seconds * 170)
/** From the last kill on, all must be settled within this time. */
const ceilingMs = 5 * 60_000

const server = process.env['TEST_DATABASE_URL']
if (!server) {
  console.error('The soak needs several processes on one PostgreSQL: set TEST_DATABASE_URL.')
  process.exit(1)
}

const started = performance.now()
await using database = await newDatabase(server)
const { config } = database
if (config.kind !== 'native') throw new Error('the soak needs a native server')
await using proxy = await startProxy(new URL(config.url))
await using app = await createTestApp({ config: { database: config, roles: ['api'] } })
const load = await openLoad(app, 8)
const recovery = watchRecovery(app)
const wanted = { mails: Math.round(jobs * 0.75), sends: Math.round(jobs * 0.25) }
const environment = { ...testEnvironment(app.google), LOG_LEVEL: 'info', DATABASE_URL: proxy.url }
await using workers = await startWorkers(workerCount, environment, { pick: seededPick(seed), clocksApartMs })

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
const isGood = quiet && lost === 0 && doubled === 0 && recoverySMax <= 90 && load.mails + load.sends >= jobs
const figures = { jobs: load.mails + load.sends, lost, doubled, recoverySMax, unknown, kills: workers.kills }
console.log(JSON.stringify({ ...figures, seconds: Math.round((performance.now() - started) / 1_000), seed }))
process.exitCode = isGood ? 0 : 1

async function outage(what: string, begin: () => unknown, end: () => unknown): Promise<void> {
  console.log(`${what} for ${outageMs / 1_000} s`)
  await begin()
  await setTimeout(outageMs)
  await end()
  recovery.leaveOut(outageMs)
}

function report(): void {
  const { mails, sends } = load
  console.log(`${mails} mails, ${sends} replies approved, ${workers.kills} kills, slowest ${recovery.slowest()} s`)
}
