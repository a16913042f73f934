import { setImmediate } from 'node:timers/promises'
import type { DatabaseConfig } from '../../../server/db/engine/connection.ts'
import { hookSteps } from '../../../server/step.ts'
import { Random } from '../../support/seeded-random.ts'
import { openBench } from './bench.ts'
import { configurations } from './configurations.ts'
import { approve, cancel } from './owner.ts'
import { ours, setStage, type Stage } from './stage.ts'
import { judge } from './verdict.ts'
import { workOff } from './work-off.ts'
import { newWorld } from './world.ts'

export interface RaceResults {
  readonly races: number
  /** Cancels that were answered OK. */
  readonly undone: number
  readonly undoneYetSent: number
  /** What else was wrong, in words. */
  readonly problems: readonly string[]
}

/** Later than the last step of a dispatch, so that some cancels come too late. */
const mostMoments = 16
const mostTurns = 40
const leaseMs = 61_000

/**
 * The owner cancels while the reply is being dispatched: on a native server at the same time as the step that is reached,
 * on the embedded database, which has one connection, between two steps.
 */
export async function raceCancels(
  database: DatabaseConfig,
  { races, seed }: { races: number; seed: number },
): Promise<RaceResults> {
  await using bench = await openBench(database)
  const isNative = database.kind === 'native'
  const random = new Random(seed)
  const found: string[] = []
  let undone = 0
  let undoneYetSent = 0
  for (let number = 0; number < races; number++) {
    const world = newWorld()
    const stage = setStage({ bench, configuration: configurations.kept, protocol: ours }, world)
    await bench.restore(bench.beginning)
    await approve(stage)
    const at = { moment: random.below(mostMoments), turns: random.below(mostTurns), isNative }
    await raceOnce(stage, at)
    const ended = await workOff(stage, () => Promise.resolve())
    const { problems, end } = judge({ world, schedule: [], configuration: stage.configuration, ...ended })
    undone += world.owner.isUndone ? 1 : 0
    undoneYetSent += world.owner.isUndone && world.gmail.sent.length > 0 ? 1 : 0
    const isRight = end === (world.owner.isUndone ? 'CANCELLED:0' : 'SENT:1')
    if (problems.length > 0 || !isRight) found.push(`race ${number} ended ${end} ${problems.join(' ')}`)
  }
  return { races, undone, undoneYetSent, problems: found }
}

/** One dispatch; the cancel begins at the given moment of it, and after so many turns of the event loop. */
async function raceOnce(
  stage: Stage,
  { moment, turns, isNative }: { moment: number; turns: number; isNative: boolean },
): Promise<void> {
  const { queue, world } = stage
  let passed = 0
  let cancelling: Promise<void> | undefined
  const onMoment = async () => {
    const isNow = passed === moment && !cancelling
    passed += 1
    if (!isNow) return
    cancelling = isNative ? afterTurns(turns).then(() => cancel(stage)) : cancel(stage)
    if (!isNative) await cancelling
  }
  hookSteps({ before: onMoment, after: onMoment })
  try {
    const outboxId = queue.takeNext() ?? ''
    await stage.dispatch(outboxId).catch(() => queue.put(outboxId, world.now + leaseMs))
  } finally {
    // A cancel that comes after the dispatch takes steps as well, and must not set off another one.
    hookSteps(undefined)
  }
  await (cancelling ?? cancel(stage))
}

async function afterTurns(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await setImmediate()
}
