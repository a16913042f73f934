import { play, planOf, shorten } from './play.ts'
import type { Stage } from './stage.ts'

export interface Tally {
  readonly worlds: number
  readonly equal: number
  readonly seed: number
  readonly acts: number
  readonly messages: number
  readonly failures: readonly { seed: number; problems: readonly string[]; log: readonly string[] }[]
}

/** So many worlds, each by its own seed; of those that end badly the shortest beginning is kept. */
export async function playWorlds(
  stage: Stage,
  { worlds, seed, tell = () => undefined }: { worlds: number; seed: number; tell?: (line: string) => void },
): Promise<Tally> {
  const failures: { seed: number; problems: readonly string[]; log: readonly string[] }[] = []
  let acts = 0
  let messages = 0
  for (let index = 0; index < worlds; index++) {
    const plan = planOf(seed + index)
    const outcome = await play(stage, plan)
    acts += plan.acts.length
    messages += outcome.messages
    if (outcome.problems.length > 0) {
      const { problems, log } = await shorten(stage, plan)
      failures.push({ seed: seed + index, problems, log })
      tell(inWords(seed + index, problems, log))
    }
    if ((index + 1) % 50 === 0) tell(`${index + 1} worlds, ${failures.length} unequal`)
  }
  return { worlds, equal: worlds - failures.length, seed, acts, messages, failures }
}

function inWords(seed: number, problems: readonly string[], log: readonly string[]): string {
  const lines = [`world ${seed} (again: -- --worlds 1 --seed ${seed}), after ${log.length} acts:`]
  return [...lines, ...log.map((line) => `  ${line}`), 'ends with', ...problems.map((line) => `  ${line}`)].join('\n')
}
