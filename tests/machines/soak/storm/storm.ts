import type { DatabaseConfig } from '../../../../server/db/engine/connection.ts'
import { createAutomaticApp } from '../../../support/automatic.ts'
import { Random } from '../../../support/seeded-random.ts'
import { noMoreThanPeople, withinCaps } from './laws.ts'
import { playStorm } from './play.ts'
import { takeWallClock } from './wall-clock.ts'
import { loops, withoutMarks } from './weather.ts'

export interface StormFigures {
  readonly stormRounds: number
  readonly automaticSends: number
  readonly humanMessages: number
  readonly machineMessages: number
  /** Automatic replies to machines that nothing gives away, and what these wrote, under the caps of a new owner. */
  readonly cappedSends: number
  readonly unmarkedMessages: number
  readonly stormProblems: readonly string[]
  readonly isHeld: boolean
}

/** Of the people's messages so many are answered: a product that never sends proves nothing about loops. */
const leastAnswered = 0.5

/** Loops between machines for so many rounds, then a twentieth of that against machines without marks. */
export async function runStorm(options: {
  rounds: number
  seed: number
  database?: DatabaseConfig
  tell(line: string): void
}): Promise<StormFigures> {
  const { rounds, seed, database, tell } = options
  using clock = takeWallClock()
  await using app = await createAutomaticApp(database ? { database } : {})
  const stage = { app, clock, random: new Random(seed), tell }
  const marked = await playStorm(stage, loops(rounds, 0.1), noMoreThanPeople)
  const unmarked = await playStorm(stage, withoutMarks(Math.ceil(rounds / 20)), withinCaps)
  const { sends, humanMessages, machineMessages } = marked.tally
  const stormProblems = [...marked.problems, ...unmarked.problems]
  const isAnswered = sends.length >= humanMessages * leastAnswered && unmarked.tally.sends.length > 0
  return {
    stormRounds: marked.rounds,
    automaticSends: sends.length,
    humanMessages,
    machineMessages,
    cappedSends: unmarked.tally.sends.length,
    unmarkedMessages: unmarked.tally.machineMessages,
    stormProblems,
    isHeld: stormProblems.length === 0 && sends.length > 0 && isAnswered,
  }
}
