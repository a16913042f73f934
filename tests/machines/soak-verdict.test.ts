import { expect, test } from 'vitest'
import { missingSends } from './soak/kills/verdict.ts'

test('a reply that left and still asks its owner does not make up for one that was lost', () => {
  expect(missingSends(3, { delivered: ['first', 'second'], unknown: ['second'] })).toBe(1)
})

test('a reply is missing when it neither left nor asks its owner', () => {
  expect(missingSends(3, { delivered: ['first'], unknown: ['second'] })).toBe(1)
  expect(missingSends(2, { delivered: ['first'], unknown: ['second'] })).toBe(0)
  expect(missingSends(2, { delivered: [], unknown: [] })).toBe(2)
})
