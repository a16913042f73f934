import { DateTime } from 'luxon'
import type { QuietHours } from '../../../shared-types/index.ts'

/**
 * The end of the quiet hours that `now` lies in, on the owner's own clock; null outside of them. An end before the start
 * is on the next day. A time of day that a change to summer time skips counts from where the clock goes on.
 */
export function quietUntil(now: Date, { start, end }: QuietHours, timeZone: string): Date | null {
  const local = DateTime.fromJSDate(now, { zone: timeZone })
  const today = local.startOf('day')
  for (const day of [today.minus({ days: 1 }), today]) {
    const begins = at(day, start)
    const ends = at(end > start ? day : day.plus({ days: 1 }), end)
    if (begins <= local && local < ends) return ends.toJSDate()
  }
  return null
}

function at(day: DateTime, timeOfDay: string): DateTime {
  const [hour = 0, minute = 0] = timeOfDay.split(':').map(Number)
  return day.set({ hour, minute })
}
