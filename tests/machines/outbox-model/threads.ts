import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { ConfigurationName } from './configurations.ts'
import type { Search } from './search.ts'
import { addTo, newTally, type Tally } from './tally.ts'

/** Does the searches in so many threads; one tally a configuration. */
export async function searchAll(
  searches: readonly Search[],
  { threads, onDone }: { threads: number; onDone: (search: Search, tally: Tally) => void },
): Promise<Map<ConfigurationName, Tally>> {
  const tallies = new Map<ConfigurationName, Tally>()

  async function runThread(_: unknown, index: number): Promise<void> {
    const workerData = searches.filter((_search, number) => number % threads === index)
    const thread = new Worker(new URL('./thread.ts', import.meta.url), { workerData })
    thread.on('message', ({ wanted, found }: { wanted: Search; found: Tally }) => {
      const tally = tallies.get(wanted.configuration) ?? newTally()
      addTo(tally, found)
      tallies.set(wanted.configuration, tally)
      onDone(wanted, tally)
    })
    // Rejects when the thread fails.
    await once(thread, 'exit')
  }

  await Promise.all(Array.from({ length: threads }, runThread))
  return tallies
}
