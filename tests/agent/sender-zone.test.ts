import { expect, test } from 'vitest'
import { senderZone } from '../../server/agent/sender-zone.ts'

test.each([
  ['Thu, 12 Mar 2026 10:00:00 -0800', 'UTC-8'],
  ['12 Mar 2026 10:00 +0530', 'UTC+5:30'],
  ['Thu, 12 Mar 2026 10:00:00 +1300 (NZDT)', 'UTC+13'],
  ['Thu, 12 Mar 2026 10:00:00 +1400', 'UTC+14'],
  ['Thu, 12 Mar 2026 (at +0500 ) 10:00:00 -0330', 'UTC-3:30'],
])('%s was written at %s', (dated, zone) => {
  expect(senderZone(dated, 'Europe/Berlin')).toBe(zone)
})

test.each([
  ['the same distance as the owner’s on that day', 'Thu, 12 Mar 2026 10:00:00 +0100'],
  ['no distance that is told', 'Thu, 12 Mar 2026 10:00:00 +0000'],
  ['none in digits', 'Thu, 12 Mar 2026 10:00:00 EST'],
  ['no header', undefined],
  ['no date', '+0530'],
  ['no such day', 'Thu, 32 Mar 2026 10:00:00 +0530'],
  ['more before it', 'x'.repeat(300) + ' Thu, 12 Mar 2026 10:00:00 +0530'],
  ['words behind it', 'Thu, 12 Mar 2026 10:00:00 +0530 = 09:00 (call me)'],
  ['no place on Earth', 'Thu, 12 Mar 2026 10:00:00 +1415'],
  ['far off Earth', 'Thu, 12 Mar 2026 10:00:00 -9959'],
  ['minutes that no zone has', 'Thu, 12 Mar 2026 10:00:00 +0107'],
])('where there is %s, the owner’s zone is all that is known', (_what, dated) => {
  expect(senderZone(dated, 'Europe/Berlin')).toBe('Europe/Berlin')
})
