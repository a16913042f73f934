import { parentPort, workerData } from 'node:worker_threads'
import type { MutantPlay, MutantTask } from './play.ts'
import { spoilSource } from './source-mutant.ts'

const port = parentPort
const { machine, mutant, seed, sheets, pairs } = workerData as MutantTask
const spoiled = mutant && spoilSource(mutant)
// Only now: what they import is to be loaded with the change in it.
const { playEcho } = await import('../echo/play.ts')
const { playPairs } = await import('../pairs/play.ts')
const { quickDatabase } = await import('../../kit/databases.ts')

await using database = await quickDatabase()
const where = { seed, tell: () => undefined, database: database.config }
const leaked = machine === 'echo' ? (await playEcho({ canaries: 1, sheets, ...where })).leaked : 0
const differing = machine === 'pairs' ? (await playPairs({ pairs, ...where })).differing : 0
const played: MutantPlay = { leaked, differing, isLoaded: spoiled?.isLoaded() ?? true }
port?.postMessage(played)
