import { setTimeout } from 'node:timers/promises'
import { Random } from '../../../support/seeded-random.ts'
import type { Answers } from './answers.ts'
import { countDue, countUnsettled } from './backlog.ts'
import { holdBase } from './base.ts'
import { injectFaults } from './faults.ts'
import { loadAt, loadFully, type LoadTarget } from './load.ts'
import { timeRecovery } from './recovery.ts'
import { type HeldStage, openHeldStage } from './stage.ts'
import { openTraffic } from './traffic.ts'

export interface HeldOptions {
  /** Address of a native server. */
  readonly server: string
  readonly heldSeconds: number
  readonly overloadSeconds: number
  /** The base load as a share of what the machine holds for good. */
  readonly share: number
  readonly seed: number
  tell(line: string): void
}

export interface HeldFigures {
  /** Requests a second: what is held, and the base. */
  readonly capacity: number
  readonly baseRate: number
  readonly requests: number
  readonly p95Ms: number
  /** The worst tenth of the time at the base load. */
  readonly loopDelayP99Ms: number
  readonly memoryMb: readonly [warm: number, end: number]
  readonly drainS: number
  /** The slowest of the three: three times the load alone, with the database cut, with a worker killed. */
  readonly overloadRecoveryS: number
  readonly recoveriesS: readonly number[]
  readonly overloadRequests: number
  readonly turnedAway: number
  readonly broken: readonly Readonly<Record<string, number>>[]
  readonly faults: number
  readonly isHeld: boolean
}

const faultShare = 0.02
const longestLoopDelayMs = 100
const longestRecoveryS = 30
const drainCeilingMs = 180_000
const cutMs = 3_000
/** As many callers at once, for so long: the jobs' tail after it must not weigh much. */
const callers = 16
const capacityMs = 20_000

/** The base load for long, then three times of it: alone, while the database is cut off, while a worker is killed. */
export async function runHeld(options: HeldOptions): Promise<HeldFigures> {
  const { heldSeconds, overloadSeconds, share, seed, tell } = options
  await using stage = await openHeldStage(options.server)
  const { app, server } = stage
  const random = new Random(seed)
  const faults = injectFaults(app.google, faultShare, random)
  const traffic = openTraffic(app, stage.inboxes, random)
  const target: LoadTarget = { url: server.url, traffic, onTick: () => faults.keepUp() }

  const capacity = await measureCapacity(stage, target)
  const rate = Math.max(1, Math.round(capacity * share))
  tell(`${Math.round(capacity)} requests a second are held, with the jobs they make; the base load is ${rate}`)

  const base = await holdBase(stage, target, { rate, seconds: heldSeconds, tell })
  const drainS = await drain(stage, tell)

  const overloads: Answers[] = []
  const recoveriesS: number[] = []
  for (const disturb of [undefined, cutDatabase, killWorker]) {
    const disturbed = setTimeout((overloadSeconds * 1_000) / 4).then(() => disturb?.(stage))
    const answers = await loadAt(target, 3 * rate, overloadSeconds * 1_000)
    await disturbed
    const recoveryS = await timeRecovery(app, target, base.normal)
    overloads.push(answers)
    recoveriesS.push(recoveryS)
    const what = `${answers.served} served, ${answers.turnedAway} turned away, broken ${JSON.stringify(answers.broken)}`
    tell(`${disturb?.name ?? 'three times the load'}: ${what}, p95 ${answers.quantile(0.95)} ms, ${recoveryS} s`)
  }

  const overloadRecoveryS = Math.max(...recoveriesS)
  const brokenCount = [base.answers, ...overloads].reduce((sum, answers) => sum + answers.brokenCount, 0)
  const isHeld =
    base.loopDelayP99Ms < longestLoopDelayMs &&
    base.isFlat &&
    base.answers.turnedAway === 0 &&
    drainS * 1_000 < drainCeilingMs &&
    overloadRecoveryS < longestRecoveryS &&
    brokenCount === 0
  return {
    capacity: Math.round(capacity),
    baseRate: rate,
    requests: base.answers.count,
    p95Ms: base.normal.p95Ms,
    loopDelayP99Ms: base.loopDelayP99Ms,
    memoryMb: base.memoryMb,
    drainS,
    overloadRecoveryS,
    recoveriesS,
    overloadRequests: overloads.reduce((sum, { count }) => sum + count, 0),
    turnedAway: overloads.reduce((sum, answers) => sum + answers.turnedAway, 0),
    broken: [base.answers, ...overloads].map(({ broken }) => broken),
    faults: faults.injected,
    isHeld,
  }
}

/** Requests a second, counted until the last job they made is done. */
async function measureCapacity({ app }: HeldStage, target: LoadTarget): Promise<number> {
  const started = performance.now()
  const { served } = await loadFully(target, callers, capacityMs)
  while ((await countDue(app)) > 0) await setTimeout(100)
  return (served * 1_000) / (performance.now() - started)
}

/** Seconds until nothing is under way any more. */
async function drain({ app }: HeldStage, tell: (line: string) => void): Promise<number> {
  const started = performance.now()
  let elapsed = 0
  for (let left = 1; left > 0 && elapsed < drainCeilingMs; elapsed = performance.now() - started) {
    left = (await countDue(app)) + (await countUnsettled(app))
    if (left > 0) await setTimeout(200)
  }
  const seconds = Math.round(elapsed / 100) / 10
  tell(`drained in ${seconds} s`)
  return seconds
}

/** What a restart of the database does: connections break, and for a while none is taken. */
async function cutDatabase({ proxy }: HeldStage): Promise<void> {
  await proxy.cut()
  await setTimeout(cutMs)
  await proxy.mend()
}

async function killWorker({ worker }: HeldStage): Promise<void> {
  await worker.killOne()
}
