/** What happens beside the worker, which goes on; several at one point happen in this order. */
export const sideEvents = [
  'cancel',
  'delete-draft',
  'edit-draft',
  'redirect-draft',
  'retitle-draft',
  'move-draft',
  'redeliver',
] as const
export type SideEvent = (typeof sideEvents)[number]

/** What may happen at one point of a play, instead of going on. */
export type Decision = 'die' | 'stall' | 'fail' | 'refuse' | 'lose' | 'wake' | SideEvent

export interface Choice {
  /** Counted from the start of the play. */
  readonly point: number
  readonly decision: Decision
}

/** All that does not go smoothly in one play, in order. */
export type Schedule = readonly Choice[]

/** When a stalled worker wakes is part of its stall. */
export function faultsIn(schedule: Schedule): number {
  return schedule.filter(({ decision }) => decision !== 'wake').length
}

/** `4:stall,9:wake`; the empty schedule is `-`. */
export function printSchedule(schedule: Schedule): string {
  return schedule.map(({ point, decision }) => `${point}:${decision}`).join(',') || '-'
}

/** What `printSchedule` made. */
export function parseSchedule(text: string): Schedule {
  if (text === '-') return []
  return text.split(',').map((part) => {
    const [point, decision] = part.split(':')
    return { point: Number(point), decision: decision as Decision }
  })
}
