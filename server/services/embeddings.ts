import type { Transaction } from 'kysely'
import type { AppContext } from '../context.ts'
import { noteMissingVectors, saveVectors, textsWithoutVector } from '../db/emails/embeddings.ts'
import type { DB } from '../db/engine/schema.ts'
import { isUpstream } from '../errors.ts'
import { textToEmbed, vectorsName } from '../mail/context-line.ts'
import { embedWithinBudget } from '../model-cost.ts'
import type { MailboxRef } from '../ports.ts'
import { inTransaction, step } from '../step.ts'

const batchSize = 50

type Missing = Awaited<ReturnType<typeof textsWithoutVector>>

/** Makes the vectors that retrieval compares; mail that has one of the present name is passed over. */
export async function embedEmails(
  ctx: AppContext,
  { userId, emailIds }: { userId: string; emailIds: readonly string[] },
  signal: AbortSignal,
): Promise<void> {
  const missing = await textsWithoutVector(ctx.db, userId, emailIds, vectorsName(ctx.embedder.modelId))
  for (let start = 0; start < missing.length; start += batchSize) {
    await embedBatch(ctx, userId, missing.slice(start, start + batchSize), signal)
  }
}

/** A mail that the model will not take keeps none of the others out; the sweep asks for it again, ever more rarely. */
async function embedBatch(ctx: AppContext, userId: string, batch: Missing, signal: AbortSignal): Promise<void> {
  const modelId = vectorsName(ctx.embedder.modelId)
  const texts = batch.map(textToEmbed)
  try {
    const vectors = await embedWithinBudget(ctx, { userId }, texts, () =>
      step('embed-documents', () => ctx.embedder.embed(texts, 'document', signal)),
    )
    const rows = batch.flatMap(({ id }, index) => {
      const values = vectors[index]
      return values ? [{ emailId: id, values }] : []
    })
    await inTransaction(ctx, 'save-vectors', (trx) => saveVectors(trx, userId, modelId, rows))
  } catch (error) {
    if (!isUpstream(error, 'rejected')) throw error
    ctx.logger.warn({ err: error, userId, mails: batch.length }, 'mail was refused a vector')
    if (batch.length > 1) for (const mail of batch) await embedBatch(ctx, userId, [mail], signal)
  }
}

/** Asks for the vectors of overdue mail once more. */
export async function enqueueVectors(
  ctx: AppContext,
  trx: Transaction<DB>,
  due: readonly { userId: string; id: string }[],
): Promise<void> {
  for (const [userId, mails] of Map.groupBy(due, (mail) => mail.userId)) {
    const emailIds = mails.map(({ id }) => id)
    await ctx.jobs.enqueue(trx, 'embed-emails', { userId, emailIds })
  }
}

/** After the model was changed or what it is given, and for what got lost before mail was noted as it came in. */
export async function lookForMissingVectors(ctx: AppContext, trx: Transaction<DB>, mailbox: MailboxRef): Promise<void> {
  const now = ctx.clock.now().toISOString()
  await noteMissingVectors(trx, mailbox.userId, mailbox.mailboxId, { modelId: vectorsName(ctx.embedder.modelId), now })
}
