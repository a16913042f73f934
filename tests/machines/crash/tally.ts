import { nameOf, type Point } from './points.ts'

export interface Count {
  points: number
  survived: number
}

export type Tally = ReturnType<typeof createTally>

/** Counts what was tried and what was survived, and tells each failure at once. */
export function createTally(tell: (line: string) => void) {
  const workflows: Record<string, Count> = {}
  const steps = new Set<string>()
  const failed: string[] = []
  const startedAt = performance.now()
  const countOf = (workflow: string) => (workflows[workflow] ??= { points: 0, survived: 0 })

  return {
    workflows,
    /** Names of the steps that the workflows pass. */
    steps,
    /** Names of the points that were not survived. */
    failed,
    pass(passed: readonly string[]) {
      for (const step of passed) steps.add(step)
    },
    note(point: Point, problems: readonly string[]) {
      const count = countOf(point.workflow)
      count.points += 1
      if (problems.length === 0) count.survived += 1
      else failed.push(nameOf(point))
      if (problems.length > 0) tell(`FAILED ${nameOf(point)}\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    },
    /** Tells how a workflow went. */
    close(workflow: string) {
      const { points, survived } = countOf(workflow)
      const seconds = Math.round((performance.now() - startedAt) / 1_000)
      tell(`${workflow}: ${survived} of ${points} survived (${seconds} s since the start)`)
    },
    totals(): Count {
      const counts = Object.values(workflows)
      const sum = (key: keyof Count) => counts.reduce((total, count) => total + count[key], 0)
      return { points: sum('points'), survived: sum('survived') }
    },
  }
}
