import { Random } from '../sync-model/random.ts'
import { childrenOf, lastBefore, type Played } from './explore.ts'
import { play, type Setting } from './play.ts'
import { printSchedule, type Schedule } from './schedule.ts'

/** Plays so many different schedules of at most so many faults, drawn by the seed. */
export async function* sample(
  setting: Setting,
  faults: number,
  { count, seed }: { count: number; seed: number },
): AsyncGenerator<Played> {
  const random = new Random(seed)
  const seen = new Set<string>()
  const smooth = await play(setting, [], { keepsPauses: true })
  while (seen.size < count) {
    let schedule: Schedule | undefined = random.pick(childrenOf([], smooth, faults))
    let { pauses } = smooth
    while (schedule && seen.size < count) {
      const played = await play(setting, schedule, { from: lastBefore(pauses, schedule), keepsPauses: true })
      const isNew = !seen.has(printSchedule(schedule))
      seen.add(printSchedule(schedule))
      if (isNew) yield { schedule, played }
      pauses = played.pauses
      schedule = random.pick(childrenOf(schedule, played, faults))
    }
  }
}
