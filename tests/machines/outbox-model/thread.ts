import { parentPort, workerData } from 'node:worker_threads'
import { quickDatabase } from '../kit/databases.ts'
import { openBench } from './bench.ts'
import { search, type Search } from './search.ts'

const port = parentPort
// A database of its own, and one search after the other.
await using database = await quickDatabase()
await using bench = await openBench(database.config)
for (const wanted of workerData as readonly Search[]) {
  port?.postMessage({ wanted, found: await search(bench, wanted) })
}
