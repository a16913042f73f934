import { resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { startSandbox } from '../../../../google-sandbox/sandbox.ts'
import { openDatabase } from '../../../../server/db/engine/connection.ts'
import { pendingMigrations } from '../../../../server/db/engine/migrate.ts'
import { testEnvironment } from '../../../support/app.ts'
import { reportError } from '../../../support/migrate-all.ts'
import { createEmptyDatabase } from '../../../support/native-database.ts'
import { isQuiet, judge } from '../kills/verdict.ts'
import { openDoor } from './door.ts'
import { openHttpLoad } from './load.ts'
import { newOwner, type Owner } from './owner.ts'
import { openRelease } from './release.ts'

export interface UpgradeOptions {
  /** Address of a native server. */
  readonly server: string
  /** A checkout of an older release, with its packages. */
  readonly older: string
  readonly jobs: number
  /** Of each release. */
  readonly workers: number
  /** In three equal parts: the older alone, both, the newer alone. */
  readonly seconds: number
  tell(line: string): void
}

export interface UpgradeFigures {
  readonly upgradeJobs: number
  readonly upgradeLost: number
  readonly upgradeDoubled: number
  /** Processes of either release that ended without being told to, or otherwise than with 0. */
  readonly upgradeEnded: number
  /** Calls of the API that either release answered with an error. */
  readonly upgradeRefused: number
  /** What each release sent while both were there. */
  readonly sideBySideSends: { readonly older: number; readonly newer: number }
  /** Whether the older, started again, says on one line what it does not know, and ends with another code than 0. */
  readonly olderRefused: boolean
  readonly isHeld: boolean
}

const owners = 8
const ceilingMs = 5 * 60_000
/** Three mails to a reply. */
const mailShare = 0.75

/** The older release works, the newer migrates under it, both work, the older goes: nothing is lost or done twice. */
export async function runUpgrade(options: UpgradeOptions): Promise<UpgradeFigures> {
  const { jobs, workers, tell } = options
  const partMs = (options.seconds * 1_000) / 3
  await using google = await startSandbox()
  await using place = await createEmptyDatabase(options.server)
  const environment = { ...testEnvironment(google), LOG_LEVEL: 'info', DATABASE_URL: place.url }
  await using olderDoor = await openDoor(google.url)
  await using newerDoor = await openDoor(google.url)
  await using older = openRelease({ ...environment, GOOGLE_API_BASE_URL: olderDoor.url }, resolve(options.older))
  await using newer = openRelease({ ...environment, GOOGLE_API_BASE_URL: newerDoor.url })

  await older.migrate()
  await using database = await openDatabase({ kind: 'native', url: place.url, maxConnections: 2 }, reportError)
  const ahead = await pendingMigrations(database.db)
  if (ahead.length === 0) throw new Error(`${options.older} is at this release's migration level: name an older one`)
  const old = await older.start(workers)
  const people: Owner[] = []
  for (let index = 0; index < owners; index++) people.push(await newOwner(google, old.url))
  tell(`the older release works; it does not know ${ahead.join(', ')}`)
  const load = openHttpLoad(google, people, { mailsPerSecond: (jobs * mailShare) / options.seconds, tell })
  const report = (what: string) => tell(`${what}: ${load.mails} mails, ${load.sends} replies approved`)

  load.through([old.url])
  await load.during(setTimeout(partMs))
  report('the older alone')
  await load.during(newer.migrate())
  const next = await load.during(newer.start(workers))
  report('the newer has migrated and works too')
  const before = olderDoor.sends
  load.through([old.url, next.url])
  await load.during(setTimeout(partMs))
  const sideBySideSends = { older: olderDoor.sends - before, newer: newerDoor.sends }
  load.through([next.url])
  const codes = await load.during(older.stop())
  report(`both; the older ended with ${codes.join(', ')}`)
  await load.during(setTimeout(partMs))
  report('the newer alone')

  const last = performance.now()
  let quiet = false
  while (!quiet && performance.now() - last < ceilingMs) {
    quiet = (await load.approveRest()) && (await isQuiet(database, load))
    await setTimeout(500)
  }
  const { lost, doubled } = await judge(database, load)
  const refusal = await older.tryStart()
  tell(`the older, started again: exit code ${refusal.code}: ${refusal.told}`)
  const olderRefused = refusal.code !== null && refusal.code !== 0 && isClear(refusal.told, ahead)
  const upgradeJobs = load.mails + load.sends
  const upgradeEnded = older.ended + newer.ended + codes.filter((code) => code !== 0).length
  const upgradeRefused = load.refused
  const isSound = quiet && lost === 0 && doubled === 0 && upgradeEnded === 0 && upgradeRefused === 0
  const bothWorked = sideBySideSends.older > 0 && sideBySideSends.newer > 0
  return {
    upgradeJobs,
    upgradeLost: lost,
    upgradeDoubled: doubled,
    upgradeEnded,
    upgradeRefused,
    sideBySideSends,
    olderRefused,
    isHeld: isSound && bothWorked && olderRefused && upgradeJobs >= jobs,
  }
}

function isClear(told: string, unknown: readonly string[]): boolean {
  return !told.includes('\n') && unknown.every((name) => told.includes(name))
}
