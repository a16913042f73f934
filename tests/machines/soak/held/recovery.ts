import type { TestApp } from '../../../support/app.ts'
import { countDue } from './backlog.ts'
import { loadAt, type LoadTarget } from './load.ts'

/** What the base load looks like when all is well. */
export interface Normal {
  readonly rate: number
  readonly p95Ms: number
  /** The most jobs that waited. */
  readonly due: number
}

const probeMs = 1_000
const ceilingMs = 120_000
/** A hiccup of a moment is none: times below this are normal whatever the base was. */
const unnoticedMs = 100

/** Seconds under base load until a whole second is served as before, and no more jobs wait than before. */
export async function timeRecovery(app: TestApp, target: LoadTarget, normal: Normal): Promise<number> {
  const started = performance.now()
  const longest = Math.max(2 * normal.p95Ms, unnoticedMs)
  let elapsed = 0
  for (let isNormal = false; !isNormal && elapsed < ceilingMs; elapsed = performance.now() - started) {
    const answers = await loadAt(target, normal.rate, probeMs)
    const isServed = answers.served === answers.count && answers.quantile(0.95) <= longest
    isNormal = isServed && (await countDue(app)) <= normal.due
  }
  return Math.round(elapsed / 100) / 10
}
