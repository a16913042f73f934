import { quickDatabase } from '../kit/databases.ts'
import { playTasks } from '../kit/threads.ts'
import { Machine } from './machine.ts'

/** What comes of one cell. */
export interface CellResult {
  readonly name: string
  readonly problems: readonly string[]
}

await using database = await quickDatabase()
await using machine = new Machine(database.config)
await playTasks(async (names: readonly string[]): Promise<CellResult[]> => {
  const results: CellResult[] = []
  for (const name of names) results.push({ name, problems: await machine.play(name) })
  return results
})
