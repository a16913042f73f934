import { Random } from '../../support/seeded-random.ts'
import { childrenOf, playChild, type Played, playSmoothly } from './explore.ts'
import type { Play, Setting } from './play.ts'
import { faultsIn, printSchedule, type Schedule } from './schedule.ts'

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
    let parent: Play | undefined = smooth
    let schedule: Schedule | undefined = random.pick(childrenOf([], smooth, faults))
    while (parent && schedule && seen.size < count) {
      const played: Play | undefined = await playChild(setting, schedule, parent, true)
      const isNew = faultsIn(schedule) > above && !seen.has(printSchedule(schedule))
      if (isNew) {
        seen.add(printSchedule(schedule))
        yield { schedule, played: played ?? parent }
      }
      parent = played
      if (played) schedule = random.pick(childrenOf(schedule, played, faults))
    }
  }
}
