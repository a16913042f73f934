import type { AppContext } from '../context.ts'
import { dueVectors, unlistedVectors } from '../db/sweeps.ts'
import { vectorsName } from '../mail/context-line.ts'
import { enqueueVectors, lookForMissingVectors } from '../services/embeddings.ts'
import { inTransaction } from '../step.ts'

const limit = 500
/** Each is one statement over all mail of a mailbox. */
const mailboxLimit = 5

/** Mail whose vector is missing: its job was lost, the embedder was away for long, or the model is another by now. */
export async function enqueueDueVectors(ctx: AppContext): Promise<void> {
  await inTransaction(ctx, 'sweep-vectors', async (trx) => {
    for (const { userId, id } of await unlistedVectors(trx, vectorsName(ctx.embedder.modelId), mailboxLimit)) {
      await lookForMissingVectors(ctx, trx, { userId, mailboxId: id })
    }
    await enqueueVectors(ctx, trx, await dueVectors(trx, ctx.clock.now().toISOString(), limit))
  })
}
