import { expect, test } from 'vitest'
import { findFreeSlots, listFreeTimes, slotLabel } from '../../server/agent/working-hours.ts'

const day = 86_400_000
const office = { workingDays: [1, 2, 3, 4, 5], workingHoursStart: '09:00', workingHoursEnd: '17:00' }
const berlin = { ...office, timeZone: 'Europe/Berlin' }

interface Search {
  readonly hours?: Partial<typeof berlin>
  readonly now: string
  readonly busy?: [start: string, end: string][]
  readonly days?: number
  readonly count?: number
}

/** Start instants of the offered hours. */
function offered({ hours = {}, now, busy = [], days = 10, count = 3 }: Search): string[] {
  const start = new Date(now)
  const blocks = busy.map(([from, to]) => ({ start: new Date(from), end: new Date(to) }))
  const within = { start, end: new Date(start.getTime() + days * day) }
  const slots = findFreeSlots({ ...berlin, ...hours }, blocks, within, count)
  for (const slot of slots) expect(slot.end.getTime() - slot.start.getTime()).toBe(3_600_000)
  return slots.map((slot) => slot.start.toISOString())
}

test('three hours are offered at most, one a day, on working days', () => {
  // Thursday 5 March 2026, 09:30 in Berlin: Friday 9:00 would be too soon by the day of notice.
  expect(offered({ now: '2026-03-05T08:30:00Z' })).toEqual([
    '2026-03-06T08:30:00.000Z',
    '2026-03-09T08:00:00.000Z',
    '2026-03-10T08:00:00.000Z',
  ])
})

test.each([
  // Clocks go forward on Sunday 29 March 2026, back on Sunday 25 October 2026.
  ['Europe/Berlin', '2026-03-26T06:00:00Z', ['2026-03-27T08:00', '2026-03-30T07:00', '2026-03-31T07:00']],
  ['Europe/Berlin', '2026-10-22T06:00:00Z', ['2026-10-23T07:00', '2026-10-26T08:00', '2026-10-27T08:00']],
  // Clocks go forward on Sunday 8 March 2026, back on Sunday 1 November 2026.
  ['America/New_York', '2026-03-05T13:00:00Z', ['2026-03-06T14:00', '2026-03-09T13:00', '2026-03-10T13:00']],
  ['America/New_York', '2026-10-29T12:00:00Z', ['2026-10-30T13:00', '2026-11-02T14:00', '2026-11-03T14:00']],
  // Zones that never change.
  ['Asia/Kolkata', '2026-03-26T02:00:00Z', ['2026-03-27T03:30', '2026-03-30T03:30', '2026-03-31T03:30']],
  ['Asia/Tokyo', '2026-10-22T22:00:00Z', ['2026-10-26T00:00', '2026-10-27T00:00', '2026-10-28T00:00']],
  // Midnight does not exist on the day the clocks go forward, Sunday 6 September 2026.
  ['America/Santiago', '2026-09-03T11:00:00Z', ['2026-09-04T13:00', '2026-09-07T12:00', '2026-09-08T12:00']],
])('nine o’clock stays nine o’clock in %s from %s on', (timeZone, now, expected) => {
  expect(offered({ hours: { timeZone }, now })).toEqual(expected.map((instant) => `${instant}:00.000Z`))
})

test('work on the very day the clocks change keeps to the clock on the wall', () => {
  const hours = { workingDays: [7], workingHoursStart: '01:00', workingHoursEnd: '05:00' }
  const busy: [string, string][] = [['2026-03-29T00:00:00Z', '2026-03-29T01:00:00Z']]
  // 01:00 to 02:00 is taken; the next hour on the wall begins at 03:00, which is 01:00 UTC.
  expect(offered({ hours, now: '2026-03-27T00:00:00Z', busy, days: 3 })).toEqual(['2026-03-29T01:00:00.000Z'])
})

test('a busy block moves the offer to the next free half hour, and a full day drops out', () => {
  const busy: [string, string][] = [
    ['2026-03-10T07:00:00Z', '2026-03-10T08:30:00Z'],
    ['2026-03-10T09:15:00Z', '2026-03-10T10:00:00Z'],
    ['2026-03-11T00:00:00Z', '2026-03-12T00:00:00Z'],
  ]
  expect(offered({ now: '2026-03-08T17:00:00Z', busy })).toEqual([
    '2026-03-10T10:00:00.000Z',
    '2026-03-12T08:00:00.000Z',
    '2026-03-13T08:00:00.000Z',
  ])
})

test('an hour that touches a busy block on either side is free', () => {
  const busy: [string, string][] = [
    ['2026-03-10T07:00:00Z', '2026-03-10T08:00:00Z'],
    ['2026-03-10T09:00:00Z', '2026-03-10T16:00:00Z'],
  ]
  expect(offered({ now: '2026-03-08T17:00:00Z', busy, count: 1 })).toEqual(['2026-03-10T08:00:00.000Z'])
})

test('nothing is offered outside the window, at a full calendar, or without working days', () => {
  const now = '2026-03-08T12:00:00Z'
  expect(offered({ now, days: 1 })).toEqual([])
  expect(offered({ now, busy: [['2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z']] })).toEqual([])
  expect(offered({ now, hours: { workingDays: [] } })).toEqual([])
  expect(offered({ now, hours: { workingHoursStart: '09:00', workingHoursEnd: '09:30' } })).toEqual([])
})

test('the last hour ends when work ends', () => {
  const hours = { workingHoursStart: '16:00', workingHoursEnd: '17:00' }
  expect(offered({ now: '2026-03-08T17:00:00Z', hours, count: 1 })).toEqual(['2026-03-10T15:00:00.000Z'])
})

test('who works over midnight is offered the night', () => {
  const hours = { workingDays: [1], workingHoursStart: '22:00', workingHoursEnd: '06:00' }
  const busy: [string, string][] = [['2026-03-09T21:00:00Z', '2026-03-10T00:10:00Z']]
  expect(offered({ now: '2026-03-07T12:00:00Z', hours })).toEqual([
    '2026-03-09T21:00:00.000Z',
    '2026-03-16T21:00:00.000Z',
  ])
  expect(offered({ now: '2026-03-07T12:00:00Z', hours, busy, count: 1 })).toEqual(['2026-03-10T00:30:00.000Z'])
})

test('the rest of a night that has begun is offered', () => {
  const hours = { workingDays: [1], workingHoursStart: '22:00', workingHoursEnd: '06:00' }
  // A day's notice ends on Tuesday at 02:10 in Berlin.
  expect(offered({ now: '2026-03-09T01:10:00Z', hours, count: 1 })).toEqual(['2026-03-10T01:30:00.000Z'])
})

test('where the clock shows the beginning of work late or twice, each minute of an hour is one of work', () => {
  const hours = { workingDays: [7], workingHoursStart: '02:30', workingHoursEnd: '05:00' }
  // From 02:00 the clock goes to 03:00, which is 01:00 UTC.
  expect(offered({ hours, now: '2026-03-27T00:00:00Z', days: 3 })).toEqual(['2026-03-29T01:00:00.000Z'])
  // At 03:00 it goes back to 02:00: half an hour after the first 02:30 work has not begun any more.
  expect(offered({ hours, now: '2026-10-23T00:00:00Z', days: 3 })).toEqual(['2026-10-25T01:30:00.000Z'])
})

test('work until midnight is offered in the evening', () => {
  const hours = { workingDays: [1], workingHoursStart: '22:30', workingHoursEnd: '00:00' }
  expect(offered({ now: '2026-03-07T12:00:00Z', hours, count: 1 })).toEqual(['2026-03-09T21:30:00.000Z'])
})

/** Free times of one stretch, as the clock of UTC shows their starts. */
function listed(hours: Partial<typeof berlin>, from: string, to: string, minutes = 60, busy: [string, string][] = []) {
  const within = { start: new Date(from), end: new Date(to) }
  const blocks = busy.map(([start, end]) => ({ start: new Date(start), end: new Date(end) }))
  const times = listFreeTimes({ ...berlin, ...hours }, blocks, within, { minutes, limit: 100 })
  for (const time of times) expect(time.end.getTime() - time.start.getTime()).toBe(minutes * 60_000)
  return times.map(({ start }) => start.toISOString().slice(8, 16))
}

test('all free times follow each other without notice, and keep out of what is taken', () => {
  const monday = ['2026-03-09T07:00:00Z', '2026-03-10T00:00:00Z'] as const
  const busy: [string, string][] = [['2026-03-09T09:15:00Z', '2026-03-09T11:00:00Z']]
  expect(listed({}, ...monday, 60, busy)).toEqual([
    '09T08:00',
    '09T11:00',
    '09T12:00',
    '09T13:00',
    '09T14:00',
    '09T15:00',
  ])
  expect(listed({ workingHoursEnd: '10:00' }, ...monday, 15)).toEqual(['09T08:00', '09T08:15', '09T08:30', '09T08:45'])
  expect(listed({}, ...monday, 240)).toEqual(['09T08:00', '09T12:00'])
  expect(listed({}, '2026-03-09T13:10:00Z', '2026-03-09T15:20:00Z')).toEqual(['09T13:30'])
  expect(listed({ workingDays: [2] }, ...monday)).toEqual([])
})

test('all free times of days on which the clock jumps are on the clock of the wall, and none reaches into another', () => {
  const night = { workingDays: [7], workingHoursStart: '01:00', workingHoursEnd: '04:00' }
  expect(listed(night, '2026-03-28T12:00:00Z', '2026-03-29T12:00:00Z')).toEqual(['29T00:00', '29T01:00'])
  expect(listed(night, '2026-10-24T12:00:00Z', '2026-10-25T12:00:00Z')).toEqual([
    '24T23:00',
    '25T00:00',
    '25T01:00',
    '25T02:00',
  ])
  const always = { workingDays: [6, 7], workingHoursStart: '02:30', workingHoursEnd: '02:30' }
  const hours = listed(always, '2026-10-24T20:00:00Z', '2026-10-25T06:00:00Z')
  expect(new Set(hours).size).toBe(hours.length)
  expect(hours).toEqual(hours.toSorted())
})

test.each([
  ['en', 'Tuesday, March 31, 09:00–10:00 (Europe/Berlin, UTC+2)'],
  ['de', 'Dienstag, 31. März, 09:00–10:00 (Europe/Berlin, UTC+2)'],
  ['fr', 'mardi 31 mars, 09:00–10:00 (Europe/Berlin, UTC+2)'],
  ['es', 'martes, 31 de marzo, 09:00–10:00 (Europe/Berlin, UTC+2)'],
])('a free hour is worded in %s', (language, expected) => {
  const slot = { start: new Date('2026-03-31T07:00:00Z'), end: new Date('2026-03-31T08:00:00Z') }
  expect(slotLabel(slot, 'Europe/Berlin', language)).toBe(expected)
})

test('a label tells half-hour zones and the days on both sides of a change apart', () => {
  const at = (start: string) => ({ start: new Date(start), end: new Date(Date.parse(start) + 3_600_000) })
  expect(slotLabel(at('2026-03-31T07:00:00Z'), 'Asia/Kolkata', 'en')).toContain('12:30–13:30 (Asia/Kolkata, UTC+5:30)')
  expect(slotLabel(at('2026-03-27T08:00:00Z'), 'Europe/Berlin', 'en')).toContain('09:00–10:00 (Europe/Berlin, UTC+1)')
  expect(slotLabel(at('2026-03-30T07:00:00Z'), 'Europe/Berlin', 'en')).toContain('09:00–10:00 (Europe/Berlin, UTC+2)')
})

/** 12 March 2026, an hour from this time on in UTC. */
const hourFrom = (time: string) => {
  const start = Date.parse(`2026-03-12T${time}:00Z`)
  return { start: new Date(start), end: new Date(start + 3_600_000) }
}

test.each([
  ['en', 'UTC-5', 'Thursday, March 12, 16:00–17:00 (Europe/Berlin, UTC+1) = 10:00–11:00 (UTC-5)'],
  ['de', 'UTC-8', 'Donnerstag, 12. März, 16:00–17:00 (Europe/Berlin, UTC+1) = 07:00–08:00 (UTC-8)'],
  ['fr', 'UTC+5:30', 'jeudi 12 mars, 16:00–17:00 (Europe/Berlin, UTC+1) = 20:30–21:30 (UTC+5:30)'],
  [
    'es',
    'UTC+13',
    'jueves, 12 de marzo, 16:00–17:00 (Europe/Berlin, UTC+1) = viernes, 13 de marzo, 04:00–05:00 (UTC+13)',
  ],
])('in %s an hour is told on the clock of who is at %s as well', (language, theirZone, expected) => {
  expect(slotLabel(hourFrom('15:00'), 'Europe/Berlin', language, theirZone)).toBe(expected)
})

test.each([
  ['UTC-8', '08:30', '09:30–10:30 (Europe/Berlin, UTC+1) = 00:30–01:30 (UTC-8)'],
  ['UTC-8', '07:30', '08:30–09:30 (Europe/Berlin, UTC+1) = Wednesday, March 11, 23:30–00:30 (UTC-8)'],
  ['UTC+5:30', '18:00', '19:00–20:00 (Europe/Berlin, UTC+1) = 23:30–00:30 (UTC+5:30)'],
  ['UTC+5:30', '18:30', '19:30–20:30 (Europe/Berlin, UTC+1) = Friday, March 13, 00:00–01:00 (UTC+5:30)'],
  ['UTC+13', '11:00', '12:00–13:00 (Europe/Berlin, UTC+1) = Friday, March 13, 00:00–01:00 (UTC+13)'],
])('at %s the day of an hour from %s on is told where it is another', (theirZone, from, expected) => {
  expect(slotLabel(hourFrom(from), 'Europe/Berlin', 'en', theirZone)).toBe(`Thursday, March 12, ${expected}`)
})

test('whose clock shows the same at that hour is told it once, whatever their zone', () => {
  const summer = { start: new Date('2026-03-31T07:00:00Z'), end: new Date('2026-03-31T08:00:00Z') }
  expect(slotLabel(summer, 'Europe/Berlin', 'en', 'UTC+2')).not.toContain('=')
  expect(slotLabel(hourFrom('08:00'), 'Europe/Berlin', 'en', 'UTC+2')).toContain(' = 10:00–11:00 (UTC+2)')
})
