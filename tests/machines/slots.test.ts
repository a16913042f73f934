import { expect, test } from 'vitest'
import { compareSlots } from './slots/machine.ts'

test('free hours of 1,000 searches in all time zones, most at a jump of the clock, are those a count of minutes finds', () => {
  const { figures, problems } = compareSlots({ cases: 1_000, seed: 1 })
  expect(problems).toEqual([])
  expect(figures.zones).toBeGreaterThan(400)
  expect(figures.atJumps).toBeGreaterThan(500)
  expect(figures.slots).toBeGreaterThan(1_000)
})
