import { expect, test } from 'vitest'
import { quietUntil } from '../../../server/services/sending/quiet-hours.ts'

const night = { start: '22:00', end: '07:00' }
const noon = { start: '12:00', end: '13:30' }

test.each<[string, typeof night, string, string, string | null]>([
  ['before midnight', night, 'Europe/Berlin', '2026-01-10T22:30:00Z', '2026-01-11T06:00:00.000Z'],
  ['after midnight', night, 'Europe/Berlin', '2026-01-11T03:00:00Z', '2026-01-11T06:00:00.000Z'],
  ['as they begin', night, 'Europe/Berlin', '2026-01-10T21:00:00Z', '2026-01-11T06:00:00.000Z'],
  ['as they end', night, 'Europe/Berlin', '2026-01-11T06:00:00Z', null],
  ['by day', night, 'Europe/Berlin', '2026-01-10T12:00:00Z', null],
  ['at noon', noon, 'UTC', '2026-01-10T12:15:00Z', '2026-01-10T13:30:00.000Z'],
  ['after noon', noon, 'UTC', '2026-01-10T13:30:00Z', null],
  [
    'at the owner’s noon, not at that of the server',
    noon,
    'Asia/Tokyo',
    '2026-01-10T03:15:00Z',
    '2026-01-10T04:30:00.000Z',
  ],
  ['in a night that is an hour shorter', night, 'Europe/Berlin', '2026-03-28T22:00:00Z', '2026-03-29T05:00:00.000Z'],
  ['in a night that is an hour longer', night, 'Europe/Berlin', '2026-10-24T21:00:00Z', '2026-10-25T06:00:00.000Z'],
  [
    'until a time that is skipped that night',
    { start: '22:00', end: '02:30' },
    'Europe/Berlin',
    '2026-03-28T23:00:00Z',
    '2026-03-29T01:30:00.000Z',
  ],
])('%s', (_name, hours, timeZone, now, until) => {
  expect(quietUntil(new Date(now), hours, timeZone)?.toISOString() ?? null).toBe(until)
})
