import type { Kysely } from 'kysely'
import { fromKysely, type JobWithMetadata, type PgBoss } from 'pg-boss'
import { z } from 'zod'
import type { DB } from '../../db/engine/schema.ts'
import type { JobName } from '../../jobs/catalog.ts'
import { inTransaction } from '../../step.ts'
import { triesLeft } from './tries.ts'

/** A longer wait is taken in parts: who asked for it may have changed their mind. */
const longestHopMs = 3_600_000

/** What the queue's types keep to themselves. */
const Ended = z.object({ affected: z.number() })

/**
 * Ends the job and sends it again for later, in one transaction, with the tries it has left. Nothing is sent when the
 * job is no longer ours, or when one of its key waits already.
 */
export async function postponeJob(
  { boss, db }: { boss: PgBoss; db: Kysely<DB> },
  name: JobName,
  { id, data, priority, retryLimit, retryCount, singletonKey, groupId }: JobWithMetadata,
  waitMs: number,
): Promise<void> {
  // So that what waits for the same moment does not come all at once.
  const startAfter = (Math.min(waitMs, longestHopMs) / 1_000) * (1 + Math.random() / 10)
  await inTransaction({ db }, 'postpone-job', async (trx) => {
    const queue = { db: fromKysely(trx.withoutPlugins()) }
    const ended = await boss.complete(name, { id, retryCount }, null, queue)
    if (Ended.parse(ended).affected === 0) return
    await boss.send(name, data, {
      ...queue,
      priority,
      startAfter,
      retryLimit: triesLeft({ retryLimit, retryCount }),
      ...(singletonKey ? { singletonKey } : {}),
      ...(groupId ? { group: { id: groupId } } : {}),
    })
  })
}
