import type { Caller, Crowd } from './crowd.ts'
import type { Play } from './play.ts'
import { alone, hashBefore, keyOf, type Reach, reachOf, type Seen, watch } from './watch.ts'

/** A play by one of the crowd, and what came of it with the program as it is. */
export interface Judged {
  readonly play: Play
  readonly caller: Caller
  readonly reach: Reach
  readonly seen: Seen
}

/**
 * Has every function called by who has everything, and by those who lack a table that it looks at. Whether others are
 * there or not, it must come to the same, and leave their rows alone.
 */
export async function judge(crowd: Crowd, plays: readonly Play[]): Promise<{ judged: Judged[]; problems: string[] }> {
  const [whole, ...lacking] = crowd.callers
  if (!whole) throw new Error('there is nobody')
  const problems: string[] = []
  const judged: Judged[] = []
  for (const play of plays) {
    const reach = await reachOf(crowd, play, whole)
    if (!reach.isHeard || reach.failure) problems.push(`${keyOf(play)} is not played: ${reach.failure}`)
    const callers = [whole, ...lacking.filter(({ lacks }) => lacks !== null && reach.touches.includes(lacks))]
    for (const caller of callers) {
      const seen = await watch(crowd, play, caller, reach)
      const isLeftAlone = play.isShared || seen.others === (await hashBefore(crowd, play, caller, reach))
      if (!isLeftAlone) problems.push(`${told(play, caller)}: rows of others changed`)
      judged.push({ play, caller, reach, seen })
    }
  }
  for (const caller of crowd.callers) {
    await alone(crowd, caller, async () => {
      for (const one of judged.filter((each) => each.caller === caller && !each.play.isShared)) {
        const { own } = await watch(crowd, one.play, caller, one.reach)
        if (own !== one.seen.own) problems.push(`${told(one.play, caller)}: others being there makes a difference`)
      }
    })
  }
  return { judged, problems }
}

function told(play: Play, { lacks }: Caller): string {
  return lacks === null ? keyOf(play) : `${keyOf(play)}, by one who has no ${lacks}`
}
