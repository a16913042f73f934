import { play, planOf, shorten } from './play.ts'
import type { Stage } from './stage.ts'

/** To shorten one takes as long as many worlds. */
const shortenedAtMost = 2

/** A world that ended badly; the first ones in their shortest form. */
export interface Failure {
  readonly seed: number
  readonly problems: readonly string[]
  readonly log: readonly string[]
}

export interface Tally {
  readonly worlds: number
  readonly acts: number
  readonly messages: number
  readonly failures: readonly Failure[]
}

/** Worlds one after the other, each by a seed of its own, the next number each time. */
export async function playWorlds(
  stage: Stage,
  { worlds, seed, tell }: { worlds: number; seed: number; tell: (line: string) => void },
): Promise<Tally> {
  const failures: Failure[] = []
  let acts = 0
  let messages = 0
  for (let world = 0; world < worlds; world++) {
    const plan = planOf(seed + world)
    const outcome = await play(stage, plan)
    acts += plan.acts.length
    messages += outcome.messages
    if (outcome.problems.length > 0) {
      const { problems, log } = failures.length < shortenedAtMost ? await shorten(stage, plan) : outcome
      const failure = { seed: seed + world, problems, log }
      failures.push(failure)
      tell(inWords(failure))
    }
    if ((world + 1) % 50 === 0) tell(`${world + 1} worlds from seed ${seed} on, ${failures.length} unequal`)
  }
  return { worlds, acts, messages, failures }
}

export function inWords({ seed, problems, log }: Failure): string {
  const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`)
  const begin = `World ${seed} (again: npm run test:sync-model -- --worlds 1 --seed ${seed}):`
  return [begin, ...indented(log), 'ends with', ...indented(problems)].join('\n')
}
