import type { Settings } from '../../../shared-types/index.ts'
import type { Interval } from '../../../server/calendar-event.ts'

export type Hours = Pick<Settings, 'workingDays' | 'workingHoursStart' | 'workingHoursEnd' | 'timeZone'>

const minuteMs = 60_000
const quarterMs = 15 * minuteMs
const dayMinutes = 1_440

/**
 * Free hours by brute force: each minute is asked what the clock on the wall shows, and whose working day it is; an hour
 * is sixty of them in a row. Of the code under test it knows nothing, and no calendar library either.
 */
export function freeHours(hours: Hours, busy: readonly Interval[], within: Interval, count: number): number[] {
  const opening = minuteOfDay(hours.workingHoursStart)
  const closing = minuteOfDay(hours.workingHoursEnd)
  const earliest = within.start.getTime() + dayMinutes * minuteMs
  const first = Math.ceil(earliest / minuteMs)
  const length = Math.floor(within.end.getTime() / minuteMs) - first
  const walls = Array.from({ length: Math.max(0, length) }, (_, index) => wallMinute(hours.timeZone, first + index))
  const shifts = walls.map((wall, index) => {
    const shift = shiftOf(wall, opening, closing)
    const at = (first + index) * minuteMs
    const isBusy = busy.some(({ start, end }) => start.getTime() < at + minuteMs && at < end.getTime())
    return shift === undefined || isBusy || !hours.workingDays.includes(weekdayOf(shift)) ? undefined : shift
  })
  const found = new Map<number, number>()
  for (const [index, shift] of shifts.entries()) {
    if (shift === undefined || found.has(shift) || index + 60 > shifts.length) continue
    if (((walls[index] ?? 0) - opening) % 30 !== 0) continue
    if (shifts.slice(index, index + 60).every((other) => other === shift)) found.set(shift, (first + index) * minuteMs)
  }
  return [...found.values()].toSorted((one, other) => one - other).slice(0, count)
}

/** The day, counted from 1970, whose work this minute belongs to. */
function shiftOf(wall: number, opening: number, closing: number): number | undefined {
  const day = Math.floor(wall / dayMinutes)
  const time = wall - day * dayMinutes
  if (opening < closing) return opening <= time && time < closing ? day : undefined
  return opening <= time ? day : time < closing ? day - 1 : undefined
}

/** Monday is 1; 1 January 1970 was a Thursday. */
function weekdayOf(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1
}

function minuteOfDay(timeOfDay: string): number {
  const [hour = 0, minute = 0] = timeOfDay.split(':').map(Number)
  return hour * 60 + minute
}

/** What the wall shows at this minute since 1970, as minutes since 1970 if that were UTC. */
function wallMinute(timeZone: string, minute: number): number {
  return minute + offsetMinutes(timeZone, minute * minuteMs)
}

const offsets = new Map<string, Map<number, number>>()
const formats = new Map<string, Intl.DateTimeFormat>()

/** How far the zone's clock is ahead of UTC; clocks jump on quarters of an hour only. */
export function offsetMinutes(timeZone: string, instant: number): number {
  const quarter = Math.floor(instant / quarterMs)
  const known = offsets.get(timeZone) ?? new Map<number, number>()
  offsets.set(timeZone, known)
  const offset = known.get(quarter) ?? readOffset(timeZone, quarter * quarterMs)
  known.set(quarter, offset)
  return offset
}

function readOffset(timeZone: string, instant: number): number {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat('en-US', { ...digits, timeZone })
  formats.set(timeZone, format)
  const [, month, day, year, hour, minute] = /^(\d+)\/(\d+)\/(\d+), (\d+):(\d+)$/.exec(format.format(instant)) ?? []
  const wall = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute))
  return (wall - instant) / minuteMs
}

const digits = {
  calendar: 'gregory',
  numberingSystem: 'latn',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  hourCycle: 'h23',
} as const
