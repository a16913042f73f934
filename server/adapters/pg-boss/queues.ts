import { isDeepStrictEqual } from 'node:util'
import type { PgBoss, QueueResult } from 'pg-boss'
import { type JobDefinition, jobCatalog, type JobName } from '../../jobs/catalog.ts'
import { deadLetterQueue } from './dead-letters.ts'
import { withSpareTries } from './tries.ts'

export const jobNames = Object.keys(jobCatalog) as JobName[]
export const jobDefinition = (name: JobName): JobDefinition => jobCatalog[name]

/** Makes a queue for every job of the catalogue, or brings it up to date. */
export async function ensureQueues(boss: PgBoss): Promise<void> {
  const existing = new Map((await boss.getQueues()).map((queue) => [queue.name, queue]))
  if (!existing.has(deadLetterQueue)) await boss.createQueue(deadLetterQueue, { retentionSeconds: 30 * 86_400 })
  for (const name of jobNames) {
    const { retryLimit, retryDelay, oneAtATime, isFoundAgain } = jobDefinition(name)
    const options = {
      retryLimit: withSpareTries(retryLimit),
      retryDelay,
      retryBackoff: true,
      retryDelayMax: 900,
      heartbeatSeconds: 15,
      expireInSeconds: 600,
      deleteAfterSeconds: 86_400,
      notify: true,
    }
    const policy = oneAtATime ? 'short' : 'standard'
    if (!existing.has(name)) await boss.createQueue(name, { ...options, policy })
    const wanted = { ...options, deadLetter: isFoundAgain ? null : deadLetterQueue }
    // To write what is there already takes PGlite some 40 ms of every start.
    if (!isSame(existing.get(name), wanted)) await boss.updateQueue(name, wanted)
  }
}

function isSame(queue: QueueResult | undefined, wanted: Readonly<Record<string, unknown>>): boolean {
  return isDeepStrictEqual({ ...queue, ...wanted }, { ...queue })
}
