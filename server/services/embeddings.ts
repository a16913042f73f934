import type { AppContext } from '../context.ts'
import { saveVectors, textsWithoutVector } from '../db/embeddings.ts'
import { step } from '../step.ts'

const batchSize = 50
const maxLength = 8_000

/** Makes the vectors that retrieval compares; mail that has one of the present model is passed over. */
export async function embedEmails(
  ctx: AppContext,
  { userId, emailIds }: { userId: string; emailIds: readonly string[] },
  signal: AbortSignal,
): Promise<void> {
  const { modelId } = ctx.embedder
  const missing = await textsWithoutVector(ctx.db, userId, emailIds, modelId)
  for (let start = 0; start < missing.length; start += batchSize) {
    const batch = missing.slice(start, start + batchSize)
    const texts = batch.map((email) => wellCut(`${email.subject}\n${email.freshText}`))
    const vectors = await step('embed-documents', () => ctx.embedder.embed(texts, 'document', signal))
    const rows = batch.flatMap(({ id }, index) => {
      const values = vectors[index]
      return values ? [{ emailId: id, values }] : []
    })
    await step('save-vectors', () => saveVectors(ctx.db, userId, modelId, rows))
  }
}

/** Half a character at the end would be refused with the whole batch. */
function wellCut(text: string): string {
  return text.slice(0, maxLength).toWellFormed()
}
