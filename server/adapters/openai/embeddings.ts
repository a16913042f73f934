import { z } from 'zod'
import type { Embedder } from '../../ports.ts'
import { dimensions, normalised, withinTokens } from '../model-wire.ts'
import { failure, refusalOf } from './errors.ts'
import type { ModelServer } from './server.ts'

const path = '/embeddings'
const setting = 'OPENAI_EMBEDDING_MODEL'
/** A local server works them off one after the other. */
const maxBatch = 32
const maxTokens = 2_048
/** Less than any model reads. */
const fewestTokens = 128

/** How this model wants its texts; what it refuses is not tried again as long as this process lives. */
interface Ways {
  readonly dimensions: boolean
  readonly tokens: number
}

export function createEmbeddings(server: ModelServer, modelId: string, timeoutMs: number): Embedder {
  let ways: Ways = { dimensions: true, tokens: maxTokens }

  async function embedBatch(texts: readonly string[], signal: AbortSignal): Promise<number[][]> {
    for (;;) {
      const asked = ways
      try {
        const response = await server.post({ path, modelId, setting }, embedRequest(modelId, asked, texts), signal)
        return readVectors(response, texts.length, modelId)
      } catch (error) {
        const other = otherWays(error, asked)
        if (!other) throw error
        // Another call may have learned it meanwhile, and more.
        if (ways === asked) ways = other
      }
    }
  }

  return {
    // Another server's model of the same name has another one: such vectors are not to be compared with each other.
    modelId: `openai:${modelId}`,
    maxTokens,
    async embed(texts, _purpose, signal) {
      const vectors: number[][] = []
      for (let start = 0; start < texts.length; start += maxBatch) {
        const batch = texts.slice(start, start + maxBatch)
        vectors.push(...(await server.call(signal, timeoutMs, (either) => embedBatch(batch, either))))
      }
      return vectors
    },
  }
}

function embedRequest(model: string, ways: Ways, texts: readonly string[]): object {
  // An empty text would have the whole batch rejected.
  const input = texts.map((text) => withinTokens(text, ways.tokens) || '-')
  return { model, input, ...(ways.dimensions && { dimensions }) }
}

/** What to try where a server refused the length it was asked for, or the length of a text; undefined where it is something else. */
function otherWays(error: unknown, ways: Ways): Ways | undefined {
  const refusal = refusalOf(error)
  if (!refusal || ![400, 413, 422, 500, 501].includes(refusal.status)) return undefined
  if (ways.dimensions && refusal.says(/dimension|matryoshka/i)) return { ...ways, dimensions: false }
  const isTooLong =
    refusal.status === 413 ||
    refusal.says(/context (?:length|size)|too (?:long|large)|maximum.{0,40}(?:length|token)|batch size/i)
  return isTooLong && ways.tokens > fewestTokens ? { ...ways, tokens: ways.tokens / 2 } : undefined
}

const Response = z.object({
  data: z.array(z.object({ index: z.int().optional(), embedding: z.array(z.number()).min(1) })),
})

function readVectors(response: unknown, expected: number, modelId: string): number[][] {
  const parsed = Response.safeParse(response)
  if (!parsed.success) {
    throw failure('bad_answer', 'The model server answered vectors of an unknown shape.', parsed.error)
  }
  const { data } = parsed.data
  const inOrder = new Map(data.map(({ index, embedding }, place) => [index ?? place, embedding]))
  return Array.from({ length: expected }, (_, index) => {
    const vector = inOrder.get(index)
    if (!vector || data.length !== expected) {
      throw failure('bad_answer', 'The model server answered too few or too many vectors.')
    }
    return ofOurLength(vector, modelId)
  })
}

/** Models trained for it lose little when they are cut; of others a part of what they know. */
function ofOurLength(vector: readonly number[], modelId: string): number[] {
  if (vector.length < dimensions) {
    throw failure(
      'rejected',
      `${modelId} gives vectors of ${vector.length} numbers, and ${dimensions} are needed: put a model that gives so many or more into ${setting}.`,
    )
  }
  const cut = normalised(vector.slice(0, dimensions))
  if (!cut) throw failure('bad_answer', 'The model server answered a vector without direction.')
  return cut
}
