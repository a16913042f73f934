import { DateTime } from 'luxon'
import type { Settings } from '../../shared-types/index.ts'
import type { Interval } from '../calendar-event.ts'

const slotMinutes = 60
const noticeHours = 24
/** Two hours at Troll; more than any clock jumps. */
const longestJump = { hours: 3 }

type WorkingHours = Pick<Settings, 'workingDays' | 'workingHoursStart' | 'workingHoursEnd' | 'timeZone'>

/**
 * Up to `count` free hours, one a working day, a day's notice ahead, on the half hours after work begins. Every minute of
 * them is inside working hours as the owner's own clock shows it, also where that jumps; hours that end before they begin
 * go on over midnight, and then belong to the day they began.
 */
export function findFreeSlots(
  hours: WorkingHours,
  busy: readonly Interval[],
  within: Interval,
  count: number,
): Interval[] {
  const slots: Interval[] = []
  const earliest = DateTime.fromJSDate(within.start, { zone: hours.timeZone }).plus({ hours: noticeHours })
  for (const day of workingDaysOf(hours, { start: earliest.toJSDate(), end: within.end })) {
    if (slots.length === count) break
    const [slot] = freeTimes(day, hours, busy, { earliest, minutes: slotMinutes, most: 1 })
    if (slot && slot.end <= within.end) slots.push(slot)
  }
  return slots
}

/** All free times of so many minutes within working hours, one after the other, for the owner's own eyes: without notice. */
export function listFreeTimes(
  hours: WorkingHours,
  busy: readonly Interval[],
  within: Interval,
  { minutes, limit }: { minutes: number; limit: number },
): Interval[] {
  const times: Interval[] = []
  for (const day of workingDaysOf(hours, within)) {
    if (times.length >= limit) break
    // Where a clock goes back, two days of work may reach into each other.
    const earliest = DateTime.fromJSDate(times.at(-1)?.end ?? within.start, { zone: hours.timeZone })
    const found = freeTimes(day, hours, busy, { earliest, minutes, most: limit - times.length })
    times.push(...found.filter(({ end }) => end <= within.end))
  }
  return times
}

/** Days of the calendar alone: in the zone itself one may lack its midnight. Work that began the day before may go on. */
function* workingDaysOf(hours: WorkingHours, { start, end }: Interval): Generator<DateTime> {
  const [first, last] = [start, end].map((at) => calendarDay(DateTime.fromJSDate(at, { zone: hours.timeZone }))) as [
    DateTime,
    DateTime,
  ]
  for (let day = first.minus({ days: 1 }); day <= last; day = day.plus({ days: 1 })) {
    if (hours.workingDays.includes(day.weekday)) yield day
  }
}

/** Whether each minute of it is one of the same working day. */
export function isInWorkingHours(hours: WorkingHours, { start, end }: Interval): boolean {
  const [first, last] = [start, end].map((at) => DateTime.fromJSDate(at, { zone: hours.timeZone })) as [
    DateTime,
    DateTime,
  ]
  const today = calendarDay(first)
  return [today, today.minus({ days: 1 })].some((day) => {
    const dayAfter = day.plus({ days: 1 })
    const isWork = (minute: DateTime) => isAtWork(minute, day, dayAfter, hours)
    return hours.workingDays.includes(day.weekday) && isWithin(first, last, isWork)
  })
}

/** Whether nothing of it is taken. */
export function isFree({ start, end }: Interval, busy: readonly Interval[]): boolean {
  return !busy.some((other) => other.start < end && start < other.end)
}

function calendarDay(moment: DateTime): DateTime {
  return moment.setZone('utc', { keepLocalTime: true }).startOf('day')
}

/** Of one day of work, none reaching into another; on the half hours after it begins, shorter ones on the quarters. */
function freeTimes(
  day: DateTime,
  hours: WorkingHours,
  busy: readonly Interval[],
  { earliest, minutes, most }: { earliest: DateTime; minutes: number; most: number },
): Interval[] {
  const dayAfter = day.plus({ days: 1 })
  const closing = at(isOverMidnight(hours) ? dayAfter : day, hours.workingHoursEnd, hours.timeZone)
  // A clock that jumps shows the time of opening or closing earlier, later or twice.
  const last = closing.plus(longestJump)
  const pace = { minutes: minutes < 30 ? 15 : 30 }
  const isWork = (minute: DateTime) => isAtWork(minute, day, dayAfter, hours)
  const times: Interval[] = []
  let start = at(day, hours.workingHoursStart, hours.timeZone).minus(longestJump)
  // Of two months of a full calendar, a day is asked about its own.
  const around = { start: start.toJSDate(), end: last.plus({ minutes }).toJSDate() }
  const taken = busy.filter((other) => !isFree(around, [other]))
  let soonest = earliest
  for (; start < last && times.length < most; start = start.plus(pace)) {
    if (start < soonest) continue
    const end = start.plus({ minutes })
    const time = { start: start.toJSDate(), end: end.toJSDate() }
    if (!isFree(time, taken) || !isWithin(start, end, isWork)) continue
    times.push(time)
    soonest = end
  }
  return times
}

/** Where the clock does not jump between them, the first and the last minute tell of all. */
function isWithin(start: DateTime, end: DateTime, holds: (minute: DateTime) => boolean): boolean {
  if (!holds(start) || !holds(end.minus({ minutes: 1 }))) return false
  if (start.offset === end.offset) return true
  const length = end.diff(start, 'minutes').minutes
  return Array.from({ length }, (_, minutes) => start.plus({ minutes })).every(holds)
}

function isAtWork(minute: DateTime, day: DateTime, dayAfter: DateTime, hours: WorkingHours): boolean {
  const { workingHoursStart: opening, workingHoursEnd: closing } = hours
  const date = minute.toISODate()
  const time = minute.toFormat('HH:mm')
  if (!isOverMidnight(hours)) return date === day.toISODate() && opening <= time && time < closing
  return (date === day.toISODate() && opening <= time) || (date === dayAfter.toISODate() && time < closing)
}

function isOverMidnight({ workingHoursStart, workingHoursEnd }: WorkingHours): boolean {
  return workingHoursEnd <= workingHoursStart
}

function at({ year, month, day }: DateTime, timeOfDay: string, zone: string): DateTime {
  const [hour = 0, minute = 0] = timeOfDay.split(':').map(Number)
  return DateTime.fromObject({ year, month, day, hour, minute }, { zone })
}

/**
 * `Tuesday, March 31, 16:00–17:00 (Europe/Berlin, UTC+2) = 10:00–11:00 (UTC-4)` in the language of the reply. What follows
 * is told where their clock shows another time than the owner's, with the day where that is another.
 */
export function slotLabel(slot: Interval, timeZone: string, language: string, theirZone = timeZone): string {
  const [ours, theirs] = [timeZone, theirZone].map((zone) => DateTime.fromJSDate(slot.start, { zone })) as [
    DateTime,
    DateTime,
  ]
  const label = `${dayOf(ours, language)}, ${hoursOf(slot, timeZone)} (${timeZone}, ${distanceOf(ours)})`
  if (theirs.offset === ours.offset) return label
  const day = theirs.toISODate() === ours.toISODate() ? '' : `${dayOf(theirs, language)}, `
  return `${label} = ${day}${hoursOf(slot, theirZone)} (${distanceOf(theirs)})`
}

function dayOf(moment: DateTime, language: string): string {
  return moment.setLocale(language).toLocaleString({ weekday: 'long', day: 'numeric', month: 'long' })
}

function hoursOf({ start, end }: Interval, zone: string): string {
  return [start, end].map((at) => DateTime.fromJSDate(at, { zone }).toFormat('HH:mm')).join('–')
}

function distanceOf(moment: DateTime): string {
  return moment.toFormat("'UTC'Z")
}
