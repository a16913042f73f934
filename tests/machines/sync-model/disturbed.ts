import { hookSteps } from '../../../server/step.ts'
import type { Random } from './random.ts'

/** How far into some work something happens to it; most work of a sync has fewer steps. */
const deepestStep = 14

/**
 * Runs `work` until it dies at some step: that step fails, and no later one happens, not even what would tidy up.
 * Answers where it died.
 */
export async function killedAtAStep(random: Random, work: () => Promise<unknown>): Promise<string> {
  const at = random.below(deepestStep)
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
  } finally {
    hookSteps(undefined)
  }
  return diedAt ?? 'nowhere'
}

/** Runs `work` and, before some step of it, `event`; answers where that was. */
export async function interruptedAtAStep(
  random: Random,
  work: () => Promise<unknown>,
  event: () => Promise<unknown>,
): Promise<string> {
  const at = random.below(deepestStep)
  let passed = 0
  let cameBefore: string | undefined
  hookSteps({
    async before(name) {
      if (passed++ !== at) return
      cameBefore = name
      await event()
    },
  })
  try {
    await work()
  } finally {
    hookSteps(undefined)
  }
  return cameBefore ?? 'nowhere'
}
