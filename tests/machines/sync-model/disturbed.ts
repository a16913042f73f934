import { messageOf } from '../../../server/errors.ts'
import { hookSteps } from '../../../server/step.ts'
import type { Random } from '../../support/seeded-random.ts'

/**
 * Runs `work` until it dies at one of its first `deepest` steps: that step fails, and no later one happens, not even what
 * would tidy up. Answers where it died.
 */
export async function killedAtAStep(random: Random, deepest: number, work: () => Promise<unknown>): Promise<string> {
  const at = random.below(deepest)
  const isBefore = random.chance(0.5)
  let passed = 0
  let diedAt: string | undefined
  const die = (name: string, isNow: boolean) => {
    if (diedAt === undefined && isNow) diedAt = `${isBefore ? 'before' : 'after'} ${name}`
    if (diedAt !== undefined) throw new Error('this process is dead')
  }
  hookSteps({
    before: (name) => die(name, isBefore && passed++ === at),
    after: (name) => die(name, !isBefore && passed++ === at),
  })
  try {
    await work()
  } catch (error) {
    if (diedAt === undefined) throw error
  } finally {
    hookSteps(undefined)
  }
  return diedAt ?? 'nowhere'
}

/** Within a refresh of the token, which all calls of a process share: a sync in between would wait for what waits for it. */
const ofRefresh = ['google-refresh-token', 'store-google-tokens', 'stop-mailbox-for-reauth']

/** Runs `work` and, before one of its first `deepest` steps, `event`; answers where that was. */
export async function interruptedAtAStep(
  random: Random,
  deepest: number,
  work: () => Promise<unknown>,
  event: () => Promise<string>,
): Promise<string> {
  const at = random.below(deepest)
  let passed = 0
  let what = 'nothing came between'
  hookSteps({
    async before(name) {
      if (!ofRefresh.includes(name) && passed++ === at) what = `before ${name} ${await event()}`
    },
  })
  try {
    await work()
    return what
  } catch (error) {
    throw new Error(`${what}; ${messageOf(error)}`, { cause: error })
  } finally {
    hookSteps(undefined)
  }
}
