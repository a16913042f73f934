import { DateTime } from 'luxon'
import type { Settings } from '../../shared-types/index.ts'
import type { Interval } from '../ports.ts'

const slotMinutes = 60
const noticeHours = 24

type WorkingHours = Pick<Settings, 'workingDays' | 'workingHoursStart' | 'workingHoursEnd' | 'timeZone'>

/**
 * Up to `count` free hours, one a day, a day's notice ahead, inside working hours on the owner's own clock: at a DST
 * change the wall-clock time stays and the instant moves. Hours that end before they begin go on over midnight.
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
  for (let day = earliest.startOf('day'); day < latest && slots.length < count; day = day.plus({ days: 1 })) {
    if (!hours.workingDays.includes(day.weekday)) continue
    const slot = firstFreeHour(day, hours, busy, earliest)
    if (slot && slot.end <= within.end) slots.push(slot)
  }
  return slots
}

function firstFreeHour(
  day: DateTime,
  hours: WorkingHours,
  busy: readonly Interval[],
  earliest: DateTime,
): Interval | undefined {
  const opening = at(day, hours.workingHoursStart)
  const sameDay = at(day, hours.workingHoursEnd)
  const closing = sameDay > opening ? sameDay : at(day.plus({ days: 1 }), hours.workingHoursEnd)
  for (let start = opening; start < closing; start = start.plus({ minutes: 30 })) {
    const end = start.plus({ minutes: slotMinutes })
    if (start < earliest || end > closing) continue
    const slot = { start: start.toJSDate(), end: end.toJSDate() }
    if (!busy.some((other) => other.start < slot.end && slot.start < other.end)) return slot
  }
  return undefined
}

function at(day: DateTime, timeOfDay: string): DateTime {
  const [hour = 0, minute = 0] = timeOfDay.split(':').map(Number)
  return day.set({ hour, minute })
}

/** `Tuesday, March 31, 10:00–11:00 (Europe/Berlin, UTC+2)` in the language of the reply. */
export function slotLabel(slot: Interval, timeZone: string, language: string): string {
  const start = DateTime.fromJSDate(slot.start, { zone: timeZone }).setLocale(language)
  const end = DateTime.fromJSDate(slot.end, { zone: timeZone })
  const day = start.toLocaleString({ weekday: 'long', day: 'numeric', month: 'long' })
  return `${day}, ${start.toFormat('HH:mm')}–${end.toFormat('HH:mm')} (${timeZone}, ${start.toFormat("'UTC'Z")})`
}
