import { DateTime } from 'luxon'
import type { Settings } from '../../shared-types/index.ts'
import type { Interval } from '../ports.ts'

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
  const latest = DateTime.fromJSDate(within.end, { zone: hours.timeZone })
  // Days of the calendar alone: in the zone itself one may lack its midnight. Work that began the day before may go on.
  let day = calendarDay(earliest).minus({ days: 1 })
  for (; day <= calendarDay(latest) && slots.length < count; day = day.plus({ days: 1 })) {
    if (!hours.workingDays.includes(day.weekday)) continue
    const slot = firstFreeHour(day, hours, busy, earliest)
    if (slot && slot.end <= within.end) slots.push(slot)
  }
  return slots
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

function firstFreeHour(
  day: DateTime,
  hours: WorkingHours,
  busy: readonly Interval[],
  earliest: DateTime,
): Interval | undefined {
  const dayAfter = day.plus({ days: 1 })
  const closing = at(isOverMidnight(hours) ? dayAfter : day, hours.workingHoursEnd, hours.timeZone)
  // A clock that jumps shows the time of opening or closing earlier, later or twice.
  const last = closing.plus(longestJump)
  let start = at(day, hours.workingHoursStart, hours.timeZone).minus(longestJump)
  for (; start < last; start = start.plus({ minutes: 30 })) {
    const end = start.plus({ minutes: slotMinutes })
    if (start < earliest) continue
    const slot = { start: start.toJSDate(), end: end.toJSDate() }
    if (!isFree(slot, busy)) continue
    if (isWithin(start, end, (minute) => isAtWork(minute, day, dayAfter, hours))) return slot
  }
  return undefined
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

/** `Tuesday, March 31, 10:00–11:00 (Europe/Berlin, UTC+2)` in the language of the reply. */
export function slotLabel(slot: Interval, timeZone: string, language: string): string {
  const start = DateTime.fromJSDate(slot.start, { zone: timeZone }).setLocale(language)
  const end = DateTime.fromJSDate(slot.end, { zone: timeZone })
  const day = start.toLocaleString({ weekday: 'long', day: 'numeric', month: 'long' })
  return `${day}, ${start.toFormat('HH:mm')}–${end.toFormat('HH:mm')} (${timeZone}, ${start.toFormat("'UTC'Z")})`
}
