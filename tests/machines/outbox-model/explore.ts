import { type Pause, type Play, play, type Setting } from './play.ts'
import { faultsIn, type Schedule } from './schedule.ts'

/** A part of the search: every `of`th schedule of one decision, from the `index`th on, and all that begin so. */
export interface Share {
  readonly index: number
  readonly of: number
}

export interface Played {
  readonly schedule: Schedule
  readonly played: Play
}

/** Plays every schedule of at most so many faults, depth first, each once. */
export async function* explore(setting: Setting, faults: number, share: Share): AsyncGenerator<Played> {
  const smooth = await play(setting, [], { keepsPauses: true })
  if (share.index === 0) yield { schedule: [], played: smooth }
  for (const [index, schedule] of childrenOf([], smooth, faults).entries()) {
    if (index % share.of === share.index) yield* exploreBelow(setting, faults, schedule, smooth.pauses)
  }
}

async function* exploreBelow(
  setting: Setting,
  faults: number,
  schedule: Schedule,
  pauses: readonly Pause[],
): AsyncGenerator<Played> {
  const keepsPauses = faultsIn(schedule) < faults
  const played = await play(setting, schedule, { from: lastBefore(pauses, schedule), keepsPauses })
  yield { schedule, played }
  for (const child of childrenOf(schedule, played, faults)) {
    yield* exploreBelow(setting, faults, child, played.pauses)
  }
}

/** This schedule with one decision more, at any point after its last: so each schedule has one way to it. */
export function childrenOf(schedule: Schedule, { points, endedIdly }: Play, faults: number): Schedule[] {
  if (endedIdly) return []
  const from = (schedule.at(-1)?.point ?? -1) + 1
  return points
    .slice(from)
    .flatMap(({ options }, index) => options.map((decision) => [...schedule, { point: from + index, decision }]))
    .filter((child) => faultsIn(child) <= faults)
}

/** Up to its last decision a schedule plays as the one it was made from. */
export function lastBefore(pauses: readonly Pause[], schedule: Schedule): Pause | undefined {
  const last = schedule.at(-1)?.point ?? 0
  return pauses.findLast(({ points }) => points.length <= last)
}
