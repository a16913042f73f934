// Slow: twenty mails in each of two worlds, on the real code and a real database.
import { expect, test } from 'vitest'
import { canonical } from './asr/pairs/canonical.ts'
import { playPairs } from './asr/pairs/play.ts'

test('what a correspondent cannot read changes nothing of what is asked and sent for their mail', async () => {
  const { problems, ...figures } = await playPairs({ pairs: 20, seed: 1, tell: () => undefined })
  expect(problems).toEqual([])
  expect(figures).toMatchObject({ pairs: 20, differing: 0 })
  expect(figures.sent).toBeGreaterThanOrEqual(2)
})

test('only what is random is renamed, and two that are one in one world are one in the other', () => {
  const ids = ['0b0f6f2e-2d1c-4b5a-9c3d-1a2b3c4d5e6f', '7c6e2b1a-1111-4222-8333-944455566677'] as const
  const [one, other] = ids
  expect(canonical(`${one} ${other} ${one}`)).toBe(canonical(`${other} ${one} ${other}`))
  expect(canonical(`${one} ${other}`)).not.toBe(canonical(`${one} ${one}`))
  expect(canonical('198a0000001043f7 r1840000000000000000 owner.0123456789@')).toBe('<1> <2> <3>@')
  expect(canonical('note:1')).not.toBe(canonical('note:2'))
  const dated = (time: string) => JSON.stringify(`To: ada\r\nDate: Sun, 29 Nov 2026 ${time} +0000\r\n\r\nDate: never`)
  expect(canonical(dated('10:00:00'))).toBe(canonical(dated('10:00:01')))
  expect(canonical(dated('10:00:00'))).toContain('Date: never')
})
