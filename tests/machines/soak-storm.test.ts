// Slow: hundreds of rounds in which several owners and machines answer each other, through the whole product.
import { afterAll, expect, test } from 'vitest'
import { createAutomaticApp } from '../support/automatic.ts'
import { Random } from '../support/seeded-random.ts'
import { noMoreThanPeople, withinCaps } from './soak/storm/laws.ts'
import { type Law, playStorm } from './soak/storm/play.ts'
import { takeWallClock } from './soak/storm/wall-clock.ts'
import { loops, unbounded, type Weather, withoutMarks } from './soak/storm/weather.ts'

const clock = takeWallClock()
const app = await createAutomaticApp()
afterAll(async () => {
  using _clock = clock
  await app[Symbol.asyncDispose]()
})

/** Always the same storms, much shorter than those of `npm run test:soak`. */
function play(weather: Weather, law: Law) {
  return playStorm({ app, clock, random: new Random(1), tell: () => undefined }, weather, law)
}

test('among owners, vacation responders, a ticket system and a list nobody sends more by itself than people write', async () => {
  const { problems, tally } = await play(loops(60, 0.4), noMoreThanPeople)
  expect(problems).toEqual([])
  expect(tally.sends.length).toBeGreaterThan(5)
  expect(tally.machineMessages).toBeGreaterThan(tally.sends.length / 2)
})

test('where nothing gives the machines away, the caps of a new owner bound what goes out by itself', async () => {
  const { problems, tally } = await play(withoutMarks(25), withinCaps)
  expect(problems).toEqual([])
  expect(tally.sends.length).toBeGreaterThan(5)
})

test('the storm sees a loop: without marks and without caps more goes out than people wrote, and more than the caps', async () => {
  expect((await play(unbounded(40), noMoreThanPeople)).problems).not.toEqual([])
  expect((await play(unbounded(40), withinCaps)).problems).not.toEqual([])
})
