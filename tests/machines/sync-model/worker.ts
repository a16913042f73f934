import { parentPort, workerData } from 'node:worker_threads'
import type { DatabaseConfig } from '../../../server/db/connection.ts'
import { createStage } from './stage.ts'
import { playWorlds, type Tally } from './worlds.ts'

/** Its share of the worlds, on a stage of its own. */
export interface Share {
  readonly database: DatabaseConfig
  readonly worlds: number
  readonly seed: number
}
export type News = { readonly line: string } | { readonly tally: Tally }

const { database, worlds, seed } = workerData as Share
const port = parentPort
const send = (news: News) => port?.postMessage(news)
await using stage = await createStage(database)
send({ tally: await playWorlds(stage, { worlds, seed, tell: (line) => send({ line }) }) })
