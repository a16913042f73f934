import { parentPort, workerData } from 'node:worker_threads'
import { quickDatabase } from '../kit/databases.ts'
import { createStage } from './stage.ts'
import { playWorlds, type Tally } from './worlds.ts'

/** Its share of the worlds, on a stage of its own: on this server, or embedded. */
export interface Share {
  readonly server: string | undefined
  readonly worlds: number
  readonly seed: number
}
export type News = { readonly line: string } | { readonly tally: Tally }

const { server, worlds, seed } = workerData as Share
const port = parentPort
const send = (news: News) => port?.postMessage(news)
await using database = await quickDatabase(server)
await using stage = await createStage(database.config)
send({ tally: await playWorlds(stage, { worlds, seed, tell: (line) => send({ line }) }) })
