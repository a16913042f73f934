import { chooseAttacks } from './attacks/attacks.ts'
import { readGoals } from './attacks/goals.ts'
import { openAttackStage, playArbitrary, playAttacks } from './attacks/play.ts'
import { playKept } from './kept/kept.ts'
import { openKeptStage } from './kept/play.ts'
import { playEcho } from './echo/play.ts'
import { playClauseMutants } from './mutants/clauses.ts'
import { playReaderMutant, playSound } from './mutants/play.ts'
import { readerMutants } from './mutants/reader-mutants.ts'
import { playPairs } from './pairs/play.ts'
import { quickDatabase } from '../kit/databases.ts'

/** A piece of the bench that one thread plays from its beginning to its end. */
export type Task =
  | {
      readonly kind: 'attacks'
      readonly count: number
      readonly seed: number
      readonly from: number
      readonly to: number
    }
  | { readonly kind: 'arbitrary'; readonly answers: number; readonly seed: number }
  | { readonly kind: 'kept'; readonly every: number }
  | { readonly kind: 'clauses' }
  | { readonly kind: 'echo'; readonly canaries: number; readonly seed: number }
  | { readonly kind: 'pairs'; readonly pairs: number; readonly seed: number }
  | {
      readonly kind: 'readers'
      /** Of the list; none: the product as it is. */
      readonly mutant: number | null
      readonly seed: number
    }

/** What it adds to the figures, and what was wrong, in words. */
export interface TaskResult {
  readonly figures: Readonly<Record<string, number>>
  readonly problems: readonly string[]
}

export async function playTask(task: Task, tell: (line: string) => void): Promise<TaskResult> {
  // On the native server, where there is one, as the product runs.
  await using place = await quickDatabase(process.env['TEST_DATABASE_URL'])
  const database = place.config
  switch (task.kind) {
    case 'attacks': {
      await using stage = await openAttackStage(database)
      const attacks = chooseAttacks(readGoals(), task).slice(task.from, task.to)
      const { problems, ...figures } = await playAttacks(stage, attacks, tell)
      return { figures, problems }
    }
    case 'arbitrary': {
      await using stage = await openAttackStage(database)
      const { problems, ...figures } = await playArbitrary(stage, task, tell)
      return { figures, problems }
    }
    case 'kept': {
      await using stage = await openKeptStage(database)
      const { problems, ...figures } = await playKept(stage, { every: task.every, tell })
      return { figures, problems }
    }
    case 'echo': {
      const { canaries, leaked, problems } = await playEcho({ ...task, tell, database })
      return { figures: { canaries, leaked }, problems }
    }
    case 'pairs': {
      const { problems, ...figures } = await playPairs({ ...task, tell, database })
      return { figures, problems }
    }
    case 'readers': {
      if (task.mutant === null) return { figures: {}, problems: await playSound(task) }
      const mutant = readerMutants[task.mutant]
      if (!mutant) throw new Error(`there is no reader mutant ${task.mutant}`)
      const survivor = await playReaderMutant(mutant, { seed: task.seed, tell })
      const problems = survivor === null ? [] : [`nothing noticed: ${survivor}`]
      return { figures: { mutants: 1, killed: 1 - problems.length }, problems }
    }
    case 'clauses': {
      await using stage = await openKeptStage(database)
      const { survivors, ...figures } = await playClauseMutants(stage, tell)
      return { figures, problems: survivors.map((name) => `nothing noticed: ${name}`) }
    }
  }
}
