import { hookSteps } from '../../server/step.ts'

export type Moment = 'before' | 'after'

/** The names of the steps that `work` passes, in order, each once. */
export async function stepsOf(work: () => Promise<unknown>): Promise<string[]> {
  const names = new Set<string>()
  hookSteps({ before: (name) => void names.add(name) })
  try {
    await work()
  } finally {
    hookSteps(undefined)
  }
  return [...names]
}

/**
 * Runs `work` in a process that dies at one step: that step fails, and no later one happens any more, not even what
 * would tidy up. With `isFatal` false only that one step fails, once. Answers whether the step was reached.
 */
export async function failAt(
  { name, moment, isFatal }: { name: string; moment: Moment; isFatal: boolean },
  work: () => Promise<unknown>,
): Promise<boolean> {
  let hasFailed = false
  const fail = (current: string, when: Moment) => {
    if (hasFailed && isFatal) throw new Error('this process is dead')
    if (hasFailed || current !== name || when !== moment) return
    hasFailed = true
    throw new Error(`failed ${when} ${current}`)
  }
  hookSteps({ before: (current) => fail(current, 'before'), after: (current) => fail(current, 'after') })
  try {
    await work()
  } finally {
    hookSteps(undefined)
  }
  return hasFailed
}
