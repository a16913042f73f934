import { TaskType, type EmbedContentRequest, type GenerativeModel } from '@google/generative-ai'
import { z } from 'zod'
import type { TokenPrice } from '../../model-question.ts'
import type { Circuit, Embedder } from '../../ports.ts'
import { dimensions, normalised, withinTokens } from '../model-wire.ts'
import { callGemini } from './call.ts'
import { failure } from './errors.ts'

const maxBatch = 100
const maxTokens = 2_048

export function createEmbeddings(
  client: GenerativeModel,
  {
    modelId,
    timeoutMs,
    circuit,
    price,
  }: { modelId: string; timeoutMs: number; circuit: Circuit; price: TokenPrice | undefined },
): Embedder {
  return {
    modelId,
    price,
    maxTokens,
    async embed(texts, purpose, signal) {
      const taskType = purpose === 'document' ? TaskType.RETRIEVAL_DOCUMENT : TaskType.RETRIEVAL_QUERY
      const vectors: number[][] = []
      for (let start = 0; start < texts.length; start += maxBatch) {
        const batch = texts.slice(start, start + maxBatch)
        const requests = batch.map((text) => embedRequest(text, taskType))
        vectors.push(
          ...(await callGemini({ signal, timeoutMs, circuit }, async (either) =>
            readVectors(await client.batchEmbedContents({ requests }, { signal: either }), batch.length),
          )),
        )
      }
      return vectors
    },
  }
}

function embedRequest(text: string, taskType: TaskType): EmbedContentRequest {
  return {
    // An empty text would have the whole batch rejected.
    content: { role: 'user', parts: [{ text: withinTokens(text, maxTokens) || '-' }] },
    taskType,
    // Known to the service and not to the client's types.
    outputDimensionality: dimensions,
  } as EmbedContentRequest
}

const Response = z.object({
  embeddings: z.array(z.object({ values: z.array(z.number()).length(dimensions) })),
})

function readVectors(response: unknown, expected: number): number[][] {
  const parsed = Response.safeParse(response)
  if (!parsed.success) throw failure('bad_answer', 'Gemini answered vectors of an unknown shape.', parsed.error)
  const { embeddings } = parsed.data
  if (embeddings.length !== expected) throw failure('bad_answer', 'Gemini answered too few or too many vectors.')
  return embeddings.map(({ values }) => ofLength1(values))
}

/** Below 3,072 dimensions Gemini's vectors have no fixed length. */
function ofLength1(values: number[]): number[] {
  const vector = normalised(values)
  if (!vector) throw failure('bad_answer', 'Gemini answered a vector without direction.')
  return vector
}
