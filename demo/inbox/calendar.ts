import type { DateTime } from 'luxon'

import { atTime, buildWorld, nextClockChange } from './world.ts'

export interface SeedEvent {
  readonly summary: string
  readonly start: Date
  readonly end: Date
}

/** Owner's calendar events around now (busy blocks in the next two weeks, and one before the clocks change). */
export function seedCalendar(now: Date): SeedEvent[] {
  const world = buildWorld({ name: 'Mara Lindqvist', email: 'mara@example.com' }, now)
  const week: [number, string, string, string][] = [
    [1, '09:30', '10:00', 'Stand-up with Emre (Müsli prototype)'],
    [1, '13:00', '15:30', 'Deep work: Terracotta checkout'],
    [2, '11:00', '12:00', 'Klettern mit Linnea'],
    [3, '09:30', '11:00', 'Terracotta review, Kiln & Co'],
    [4, '12:30', '13:30', 'Lunch with the second floor'],
    [5, '15:00', '16:30', 'Studio Weber: Etiketten abholen'],
    [6, '09:00', '12:30', 'Workshop Tideline, on site'],
    [7, '16:00', '17:00', 'Physio'],
    [8, '10:00', '11:30', 'Steuer-Vormittag (no excuses)'],
    [9, '14:00', '18:00', 'Terracotta handover'],
  ]
  const friday = nextClockChange(world.now).minus({ days: 2 })
  const concert = block('School concert, Alva plays the trombone', atTime(friday, '14:30'), atTime(friday, '17:00'))
  return week
    .map(([n, from, to, summary]) => block(summary, world.workday(n, from), world.workday(n, to)))
    .filter(({ start, end }) => end <= concert.start || start >= concert.end)
    .concat(concert)
    .sort((a, b) => a.start.getTime() - b.start.getTime())
}

function block(summary: string, start: DateTime, end: DateTime): SeedEvent {
  return { summary, start: start.toJSDate(), end: end.toJSDate() }
}
