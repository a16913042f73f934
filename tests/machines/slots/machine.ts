import { findFreeSlots } from '../../../server/agent/working-hours.ts'
import type { Interval } from '../../../server/calendar-event.ts'
import { Random } from '../../support/seeded-random.ts'
import { freeHours, type Hours, offsetMinutes } from './oracle.ts'

export interface Case {
  readonly hours: Hours
  readonly busy: readonly Interval[]
  readonly within: Interval
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const weekMs = 7 * 24 * hourMs
const years = { from: Date.UTC(2024, 0, 1), to: Date.UTC(2032, 0, 1) }

/** Free hours around each jump of each zone's clock, or anywhere in zones that keep theirs, as the oracle finds them. */
export function compareSlots({ cases, seed }: { cases: number; seed: number }) {
  const random = new Random(seed)
  const places = Intl.supportedValuesOf('timeZone').map((timeZone) => ({ timeZone, jumps: jumpsOf(timeZone) }))
  const problems: string[] = []
  const figures = { cases, seed, zones: places.length, jumps: 0, atJumps: 0, slots: 0, differences: 0 }
  for (const { jumps } of places) figures.jumps += jumps.length
  const jumping = places.filter(({ jumps }) => jumps.length > 0)
  for (let index = 0; index < cases; index += 1) {
    // Every other case is about a zone whose clock jumps: they are the fewer.
    const among = index % 2 === 0 ? places : jumping
    const { timeZone = 'UTC', jumps = [] } = among[Math.floor(index / 2) % among.length] ?? {}
    const jump = random.pick(jumps)
    if (jump !== undefined) figures.atJumps += 1
    const played = newCase(
      random,
      timeZone,
      jump ?? years.from + random.below((years.to - years.from) / minuteMs) * minuteMs,
    )
    const count = 1 + random.below(3)
    const found = findFreeSlots(played.hours, played.busy, played.within, count).map(({ start }) => start.getTime())
    const expected = freeHours(played.hours, played.busy, played.within, count)
    figures.slots += expected.length
    if (isSame(found, expected)) continue
    figures.differences += 1
    problems.push(`${JSON.stringify(played)}: ${asText(found)} instead of ${asText(expected)}`)
  }
  return { figures, problems }
}

function newCase(random: Random, timeZone: string, around: number): Case {
  // A day of notice, and then the moment it is about.
  const start = around - (24 + random.below(40)) * hourMs - random.below(60 * minuteMs)
  const within = { start: new Date(start), end: new Date(around + (2 + random.below(60)) * hourMs) }
  const opening = random.below(24 * 60)
  const minutes = random.chance(0.7) ? random.pick([0, 15, 30, 45]) : undefined
  const workingHoursStart = timeOfDay(minutes === undefined ? opening : Math.floor(opening / 60) * 60 + minutes)
  const workingHoursEnd = random.chance(0.1) ? workingHoursStart : timeOfDay(opening + 30 + random.below(16 * 60))
  const workingDays = ([1, 2, 3, 4, 5, 6, 7] as const).filter(() => random.chance(0.85))
  const busy = Array.from({ length: random.below(6) }, () => newBusy(random, timeZone, around))
  return { hours: { workingDays, workingHoursStart, workingHoursEnd, timeZone }, busy, within }
}

/** As Google tells them, and never what they are: a whole day, a meeting surely or perhaps, a journey over midnight. */
function newBusy(random: Random, timeZone: string, around: number): Interval {
  const somewhere = around + (random.below(120 * 60) - 60 * 60) * minuteMs
  if (random.chance(0.75)) return interval(somewhere, (random.chance(0.2) ? 14 * 60 : 5 + random.below(180)) * minuteMs)
  const noon = Math.floor(somewhere / (24 * hourMs)) * 24 * hourMs + 12 * hourMs
  const midnight = (day: number) => day - offsetMinutes(timeZone, day) * minuteMs - 12 * hourMs
  return interval(midnight(noon), midnight(noon + 24 * hourMs) - midnight(noon))
}

function interval(start: number, lengthMs: number): Interval {
  return { start: new Date(start), end: new Date(start + lengthMs) }
}

/** The moments at which the zone's clock jumps in these years. */
function jumpsOf(timeZone: string): number[] {
  const jumps: number[] = []
  for (let at = years.from; at < years.to; at += weekMs) {
    if (offsetMinutes(timeZone, at) !== offsetMinutes(timeZone, at + weekMs))
      jumps.push(jumpBetween(timeZone, at, at + weekMs))
  }
  return jumps
}

function jumpBetween(timeZone: string, from: number, to: number): number {
  if (to - from <= 15 * minuteMs) return to
  const middle = from + Math.floor((to - from) / (30 * minuteMs)) * 15 * minuteMs
  return offsetMinutes(timeZone, from) === offsetMinutes(timeZone, middle)
    ? jumpBetween(timeZone, middle, to)
    : jumpBetween(timeZone, from, middle)
}

function timeOfDay(minutes: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`
}

function isSame(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index])
}

function asText(instants: readonly number[]): string {
  return `[${instants.map((instant) => new Date(instant).toISOString()).join(', ')}]`
}
