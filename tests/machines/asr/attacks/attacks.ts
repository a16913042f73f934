import { Random } from '../../../support/seeded-random.ts'
import { type CarrierName, carrierNames } from './carriers.ts'
import { type EncodingName, encodingNames } from './encodings.ts'
import type { Goal } from './goals.ts'

/** Where model output enters, and where the attacker writes it. */
export const stages = ['classify', 'decide', 'generate', 'verify', 'all'] as const
export type AttackedStage = (typeof stages)[number]

export interface Attack {
  /** From 1. */
  readonly number: number
  readonly goal: Goal
  readonly encoding: EncodingName
  readonly carrier: CarrierName
  readonly stage: AttackedStage
}

/** How many there are in all. */
export function countAll(goals: readonly Goal[]): number {
  return goals.length * encodingNames.length * carrierNames.length * stages.length
}

/**
 * So many of them, by the seed: every encoding in every carrier at every stage as often as every other, and the goals in
 * turn. All of them, where `count` says so.
 */
export function chooseAttacks(goals: readonly Goal[], { count, seed }: { count: number; seed: number }): Attack[] {
  const random = new Random(seed)
  const cells = shuffled(
    stages.flatMap((stage) =>
      carrierNames.flatMap((carrier) => encodingNames.map((encoding) => ({ stage, carrier, encoding }))),
    ),
    random,
  )
  const order = shuffled(goals, random)
  return Array.from({ length: Math.min(count, countAll(goals)) }, (_, number) => {
    const cell = cells[number % cells.length]
    // A cell meets another goal each time it comes round.
    const goal = order[((number % cells.length) + Math.floor(number / cells.length)) % order.length]
    if (!cell || !goal) throw new Error('there is no goal')
    return { number: number + 1, goal, ...cell }
  })
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}
