import { Random } from '../../support/seeded-random.ts'
import { childrenOf, playChild, type Played, playSmoothly } from './explore.ts'
import type { Play, Setting } from './play.ts'
import { faultsIn, printSchedule } from './schedule.ts'

export interface SampleSize {
  /** How many schedules, each different. */
  readonly count: number
  /** Each has more faults than `above` and at most `faults`. */
  readonly above: number
  readonly faults: number
  readonly seed: number
}

/** Plays schedules drawn by the seed: step by step one decision more, at any later point. */
export async function* sample(setting: Setting, { count, above, faults, seed }: SampleSize): AsyncGenerator<Played> {
  const random = new Random(seed)
  const seen = new Set<string>()
  const smooth = await playSmoothly(setting)
  while (seen.size < count) {
    let parent = smooth
    let schedule = random.pick(childrenOf([], smooth, faults))
    while (schedule && seen.size < count) {
      const played: Play | undefined = await playChild(setting, schedule, parent, true)
      if (!played) break
      const name = printSchedule(schedule)
      if (faultsIn(schedule) > above && !seen.has(name)) {
        seen.add(name)
        yield { schedule, played }
      }
      parent = played
      schedule = random.pick(childrenOf(schedule, played, faults))
    }
  }
}
