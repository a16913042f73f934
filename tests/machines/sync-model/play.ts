import type { UpdateSettingsInput } from '../../../shared-types/index.ts'
import { type Act, type ActKind, actWeights, perform } from './acts.ts'
import { problemsOf } from './problems.ts'
import { Random } from '../../support/seeded-random.ts'
import { comeToRest } from './rest.ts'
import type { Stage } from './stage.ts'
import { World } from './world.ts'

/** What happens in a world, made up from its seed before it begins. */
export interface Plan {
  readonly settings: UpdateSettingsInput
  readonly acts: readonly Act[]
}

export interface Outcome {
  readonly problems: readonly string[]
  readonly log: readonly string[]
  readonly messages: number
}

const shortest = 10
const longest = 40
/** There is mail before anything else happens to it. */
const firstMails = 3

/** Many worlds only store, which is quick; the others do all that the product does with new mail. */
export function planOf(seed: number): Plan {
  const random = new Random(seed)
  const isWorked = random.chance(1 / 3)
  const { approve: _approve, ...withoutDrafts } = actWeights
  const weights: Partial<Record<ActKind, number>> = isWorked ? actWeights : withoutDrafts
  const count = shortest + random.below(longest - shortest + 1)
  const acts = Array.from({ length: count }, (_, index) => {
    const kind = index < firstMails ? 'arrive' : random.weighted(weights as Record<ActKind, number>)
    return { kind, seed: random.below(2 ** 32) } as const
  })
  const settings = isWorked ? { autonomy: 'ask' as const } : { autonomy: 'off' as const, classifyOnSync: false }
  return { settings: { ...settings, undoWindowSeconds: random.pick([0, 30]) ?? 0 }, acts }
}

/** Plays the plan on the stage, lets it come to rest, and says what is wrong then. */
export async function play(stage: Stage, { settings, acts }: Plan): Promise<Outcome> {
  await stage.reset()
  const stored = await stage.app.as(stage.owner).settings.update({ classifyOnSync: true, ...settings })
  const world = new World(stage)
  for (const act of acts) await perform(act, world)
  const isAtRest = await comeToRest(world)
  const problems = await problemsOf(world, stored)
  const restless = isAtRest
    ? []
    : [`the mailbox did not come to rest: ${(await world.mailbox()).lastError ?? 'no error'}`]
  return { problems: [...restless, ...problems], log: world.log, messages: (await world.messages()).length }
}

/** The shortest beginning of a plan that still ends badly. */
export async function shorten(stage: Stage, plan: Plan): Promise<Outcome> {
  for (let count = 1; count < plan.acts.length; count++) {
    const outcome = await play(stage, { ...plan, acts: plan.acts.slice(0, count) })
    if (outcome.problems.length > 0) return outcome
  }
  return play(stage, plan)
}
