import { on } from 'node:events'
import { parentPort } from 'node:worker_threads'
import { quickDatabase } from '../kit/databases.ts'
import { Machine } from './machine.ts'

/** What comes of one cell. */
export interface CellResult {
  readonly name: string
  readonly problems: readonly string[]
}

const port = parentPort
if (!port) throw new Error('this is a worker')
await using database = await quickDatabase()
await using machine = new Machine(database.config)
port.postMessage('ready', [])
for await (const [names] of on(port, 'message') as AsyncIterable<[readonly string[]]>) {
  if (names.length === 0) break
  for (const name of names) port.postMessage({ name, problems: await machine.play(name) } satisfies CellResult, [])
  port.postMessage('ready', [])
}
