import { expect, test } from 'vitest'
import { checkAsked } from '../../../server/services/health/circuits.ts'

const pause = { since: '2026-03-10T12:00:00.000Z', until: '2026-03-10T12:00:30.000Z' }

test('a service that is asked as usual is well, whatever is left alone beside it', () => {
  expect(checkAsked([{ vendor: 'calendar', ...pause }], 'gmail', 'google-oauth')).toEqual({ status: 'ok' })
})

test('Gmail is degraded when only the sign-in before it is left alone, and health says since when and until when', () => {
  expect(checkAsked([{ vendor: 'google-oauth', ...pause }], 'gmail', 'google-oauth')).toEqual({
    status: 'degraded',
    detail:
      'Google sign-in is not asked since 2026-03-10T12:00:00.000Z, because too many calls failed; ' +
      'next try 2026-03-10T12:00:30.000Z',
  })
})
