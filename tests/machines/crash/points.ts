/** What happens at a step: the process dies before or after its effect, or the step fails and the process lives on. */
export const moments = ['kill-before', 'kill-after', 'fail-once', 'lose-answer', 'fail-always'] as const
export type Moment = (typeof moments)[number]

export const kills = ['kill-before', 'kill-after'] as const satisfies readonly Moment[]

/** One fault at one step: at its nth time in a life of the server, counted from 1. */
export interface Fault {
  readonly step: string
  readonly occurrence: number
  readonly moment: Moment
}

/** One trial of the enumeration: a workflow, and a fault for each of its first lives. */
export interface Point {
  readonly workflow: string
  readonly faults: readonly Fault[]
}

/** Runs it alone: `-- --only first-import:store-messages.2:kill-before`. */
export function nameOf({ workflow, faults }: Point): string {
  const names = faults.map(({ step, occurrence, moment }) => {
    return `${step}${occurrence === 1 ? '' : `.${occurrence}`}:${moment}`
  })
  return `${workflow}:${names.join('+')}`
}

/** The faults that a run which passed these steps stands for: of a repeated step its first and its last time. */
export function faultsAt(passed: readonly string[], during: readonly Moment[]): Fault[] {
  const counts = new Map<string, number>()
  for (const step of passed) counts.set(step, (counts.get(step) ?? 0) + 1)
  return [...counts].flatMap(([step, count]) =>
    [...new Set([1, count])].flatMap((occurrence) => during.map((moment) => ({ step, occurrence, moment }))),
  )
}

export function isKill({ moment }: Fault): boolean {
  return moment === 'kill-before' || moment === 'kill-after'
}
