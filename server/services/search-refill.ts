import type { AppContext } from '../context.ts'
import { refillNext } from '../db/emails/search-refill.ts'
import { inTransaction } from '../step.ts'

/** Few, so that nobody waits long for a mail of a batch. */
const batchSize = 50
/** A job has to end before its time is over; the next minute's goes on where it stopped. */
const batchesAtOnce = 200

/** Brings the words by which old mail is found up to date. */
export async function refillSearch(ctx: AppContext, userId: string, signal: AbortSignal): Promise<void> {
  for (let batch = 0; batch < batchesAtOnce && !signal.aborted; batch++) {
    const hasMore = await inTransaction(ctx, 'refill-search', (trx) => refillNext(trx, userId, batchSize))
    if (!hasMore) return
  }
}
