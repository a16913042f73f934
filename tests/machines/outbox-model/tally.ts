import { messageOf } from '../../../server/errors.ts'
import type { Play } from './play.ts'
import { printSchedule, type Schedule } from './schedule.ts'
import { judge, type Problem, problems } from './verdict.ts'

export interface Failure {
  readonly schedule: string
  /** The schedule in words. */
  readonly told: readonly string[]
  readonly end: string
  readonly problems: readonly Problem[]
  readonly lastError: string
}

/** What a search has seen. */
export interface Tally {
  schedules: number
  /** How often each end was met: the states of a mail's sends, each with what was delivered for it. */
  ends: Record<string, number>
  problems: Record<Problem, number>
  /** The first few. */
  failures: Failure[]
}

const mostFailures = 5

export function newTally(): Tally {
  const none = Object.fromEntries(problems.map((problem) => [problem, 0])) as Record<Problem, number>
  return { schedules: 0, ends: {}, problems: none, failures: [] }
}

export function note(tally: Tally, schedule: Schedule, played: Play): void {
  const verdict = judge(played)
  tally.schedules += 1
  tally.ends[verdict.end] = (tally.ends[verdict.end] ?? 0) + 1
  for (const problem of verdict.problems) tally.problems[problem] += 1
  if (verdict.problems.length === 0 || tally.failures.length === mostFailures) return
  const told = schedule.map(({ point, decision }) => `${played.points[point]?.name}: ${decision}`)
  tally.failures.push({ schedule: printSchedule(schedule), told, ...verdict, lastError: messageOf(played.lastError) })
}

export function addTo(tally: Tally, other: Tally): void {
  tally.schedules += other.schedules
  for (const [end, count] of Object.entries(other.ends)) tally.ends[end] = (tally.ends[end] ?? 0) + count
  for (const problem of problems) tally.problems[problem] += other.problems[problem]
  tally.failures = [...tally.failures, ...other.failures].slice(0, mostFailures)
}

/** How many schedules ended with an entry in this state, and with this many deliveries for it. */
export function countEnds({ ends }: Tally, isMeant: (state: string, delivered: number) => boolean): number {
  const counts = Object.entries(ends).map(([end, count]) => {
    const isHere = end.split(' ').some((entry) => {
      const [state = '', delivered] = entry.split(':')
      return isMeant(state, Number(delivered))
    })
    return isHere ? count : 0
  })
  return counts.reduce((sum, count) => sum + count, 0)
}
