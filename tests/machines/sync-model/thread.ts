import { quickDatabase } from '../kit/databases.ts'
import { playTasks } from '../kit/threads.ts'
import { openStage } from './stage.ts'
import { playWorlds } from './worlds.ts'

/** Its share of the worlds, on a stage of its own: on this server, or embedded. */
export interface Share {
  readonly server: string | undefined
  readonly worlds: number
  readonly seed: number
}

await playTasks(async ({ server, worlds, seed }: Share, tell) => {
  await using database = await quickDatabase(server)
  await using stage = await openStage(database.config)
  return await playWorlds(stage, { worlds, seed, tell })
})
