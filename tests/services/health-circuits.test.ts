import { expect, test } from 'vitest'
import type { Circuit } from '../../server/ports.ts'
import { unlessLeftAlone } from '../../server/services/health-circuits.ts'

const asked: Circuit = { run: (call) => call(), pause: null }
const since = new Date('2026-03-10T12:00:00.000Z')
const until = new Date('2026-03-10T12:00:30.000Z')
const leftAlone: Circuit = { ...asked, pause: { since, until } }
const circuits = { gmail: asked, calendar: leftAlone, 'google-oauth': asked, gemini: asked }
const check = { status: 'ok' } as const

test('a service that is asked as usual is what its check says', () => {
  expect(unlessLeftAlone(check, circuits, 'gmail', 'google-oauth')).toBe(check)
})

test('Gmail is degraded when only the sign-in before it is left alone, and health says since when and until when', () => {
  expect(unlessLeftAlone(check, { ...circuits, 'google-oauth': leftAlone }, 'gmail', 'google-oauth')).toEqual({
    status: 'degraded',
    detail:
      'Google sign-in is not asked since 2026-03-10T12:00:00.000Z, because too many calls failed; ' +
      'next try 2026-03-10T12:00:30.000Z',
  })
})
