import { type Play, play, type Setting } from './play.ts'
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

/** Plays every schedule of at most so many faults, depth first, each once; but those whose last decision changes nothing. */
export async function* explore(setting: Setting, faults: number, share: Share): AsyncGenerator<Played> {
  const smooth = await playSmoothly(setting)
  if (share.index === 0) yield { schedule: [], played: smooth }
  for (const [index, schedule] of childrenOf([], smooth, faults).entries()) {
    if (index % share.of === share.index) yield* exploreBelow(setting, faults, schedule, smooth)
  }
}

async function* exploreBelow(
  setting: Setting,
  faults: number,
  schedule: Schedule,
  parent: Play,
): AsyncGenerator<Played> {
  const played = await playChild(setting, schedule, parent, faultsIn(schedule) < faults)
  if (!played) return
  yield { schedule, played }
  for (const child of childrenOf(schedule, played, faults)) yield* exploreBelow(setting, faults, child, played)
}

export async function playSmoothly(setting: Setting): Promise<Play> {
  const played = await play(setting, [], { keepsPauses: true })
  if (!played) throw new Error('without a decision nothing ends early')
  return played
}

/** Up to its last decision a schedule plays as the one it was made from, its parent, and ends as that when it is idle. */
export function playChild(setting: Setting, schedule: Schedule, parent: Play, keepsPauses: boolean) {
  const last = schedule.at(-1)?.point ?? 0
  const from = parent.pauses.findLast(({ points }) => points.length <= last)
  return play(setting, schedule, { from, keepsPauses })
}

/** This schedule with one decision more, at any point after its last: so each schedule has one way to it. */
export function childrenOf(schedule: Schedule, { points }: Play, faults: number): Schedule[] {
  const from = (schedule.at(-1)?.point ?? -1) + 1
  return points
    .slice(from)
    .flatMap(({ options }, index) => options.map((decision) => [...schedule, { point: from + index, decision }]))
    .filter((child) => faultsIn(child) <= faults)
}
