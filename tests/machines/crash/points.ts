import type { Passed } from './passed.ts'

/**
 * What happens at a step. The process is killed before its effect, or after it; or it lives on and meets an error: once,
 * when the effect has taken place and only the answer is lost, or every time instead of the effect, until that is mended.
 */
export const moments = ['kill-before', 'kill-after', 'lose-answer', 'fail-always'] as const
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
export function faultsAt({ begun, ended }: Passed, wanted: readonly Moment[]): Fault[] {
  return [...new Set(begun)].flatMap((step) =>
    wanted.flatMap((moment) => {
      const count = (comesAfter(moment) ? ended : begun).filter((name) => name === step).length
      return [...new Set([1, count])]
        .filter((nth) => nth > 0 && nth <= count)
        .map((occurrence) => ({ step, occurrence, moment }))
    }),
  )
}

function comesAfter(moment: Moment): boolean {
  return moment === 'kill-after' || moment === 'lose-answer'
}

export function isKill({ moment }: Fault): boolean {
  return moment === 'kill-before' || moment === 'kill-after'
}
