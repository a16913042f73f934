import { parentPort, workerData } from 'node:worker_threads'
import type { MutantPlay, MutantTask } from './play.ts'
import { spoilSource } from './source-mutant.ts'

const port = parentPort
const { mutant, seed, sheets, pairs } = workerData as MutantTask
const spoiled = mutant && spoilSource(mutant)
// Only now: what they import is to be loaded with the change in it.
const { playEcho } = await import('../echo/play.ts')
const { playPairs } = await import('../pairs/play.ts')
const { newMemory } = await import('../world/stage.ts')

const tell = () => undefined
const { leaked } = await playEcho({ canaries: 1, sheets, seed, tell, database: await newMemory() })
const { differing } =
  leaked > 0 ? { differing: 0 } : await playPairs({ pairs, seed, tell, database: await newMemory() })
const played: MutantPlay = { leaked, differing, isLoaded: spoiled?.isLoaded() ?? true }
port?.postMessage(played)
