import { hookSteps } from '../../../server/step.ts'
import type { Bench } from './bench.ts'
import type { Configuration } from './configurations.ts'
import { meet } from './happenings.ts'
import type { Stored } from './one-mail.ts'
import type { Schedule } from './schedule.ts'
import { type Point, Script } from './script.ts'
import { type Protocol, setStage } from './stage.ts'
import { approveAtLast, workOff } from './work-off.ts'
import { newWorld, type World } from './world.ts'

/** A moment between two jobs at which no worker is in the middle of anything: a play can be taken up here. */
export interface Pause {
  readonly points: readonly Point[]
  readonly world: World
  readonly stored: Stored
}

export interface Play {
  readonly schedule: Schedule
  readonly configuration: Configuration
  readonly points: readonly Point[]
  readonly pauses: readonly Pause[]
  readonly isSettled: boolean
  readonly stored: Stored
  readonly world: World
  readonly lastError: unknown
}

export interface Setting {
  readonly bench: Bench
  readonly configuration: Configuration
  readonly protocol: Protocol
}

/**
 * One reply from its approval to its end, with all that the schedule decides. From `from` on, when a play with an equal
 * beginning paused there; with `keepsPauses` its own pauses are kept for others. Undefined when the last decision turns
 * out to change nothing: the play ends as it does without it.
 */
export async function play(
  setting: Setting,
  schedule: Schedule,
  { from, keepsPauses = false }: { from?: Pause | undefined; keepsPauses?: boolean } = {},
): Promise<Play | undefined> {
  const { bench, configuration } = setting
  await bench.restore(from?.stored ?? bench.beginning)
  const world = from ? structuredClone(from.world) : newWorld()
  const stage = setStage(setting, world)
  const script = new Script(schedule, from?.points ?? [])
  const pauses: Pause[] = from ? [from] : []

  async function keepPause(): Promise<void> {
    if (!keepsPauses) return
    pauses.push({ points: [...script.points], world: structuredClone(world), stored: await bench.read() })
  }

  async function perform() {
    if (!from) await approveAtLast(stage)
    return workOff(stage, keepPause)
  }

  hookSteps({
    before: (step) => meet(stage, script, { when: 'before', step }),
    after: (step) => meet(stage, script, { when: 'after', step }),
  })
  try {
    const end = await Promise.race([perform(), script.endsIdly])
    if (!script.isOver) throw new Error('the play is over before its schedule')
    if (!end) return undefined
    const { points } = script
    return { ...end, schedule, configuration, points, pauses, world, lastError: stage.workers.lastError }
  } finally {
    hookSteps(undefined)
  }
}
