import type { GenerationConfig, GenerativeModel } from '@google/generative-ai'
import { z } from 'zod'
import type { ModelAnswer, ModelFacts, ModelRequest } from '../../model-question.ts'
import type { Circuit, LanguageModel } from '../../ports.ts'
import { maxAnswerBytes, withoutFence } from '../model-wire.ts'
import { callGemini } from './call.ts'
import { failure } from './errors.ts'
import { costOf, type Prices } from './prices.ts'
import { toResponseSchema } from './schema.ts'

const refusals = new Set(['SAFETY', 'RECITATION', 'LANGUAGE', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII'])

interface AnsweringModel {
  readonly client: GenerativeModel
  readonly modelId: string
}

/** Each kind of question has the model that answers it. */
export function createAnswers(
  models: Readonly<Record<ModelFacts['task'], AnsweringModel>>,
  { timeoutMs, circuit, prices }: { timeoutMs: number; circuit: Circuit; prices: Prices },
): LanguageModel {
  return {
    ids: { classify: models.classify.modelId, generate: models.generate.modelId },
    prices: {
      classify: prices[models.classify.modelId],
      decide: prices[models.decide.modelId],
      generate: prices[models.generate.modelId],
      verify: prices[models.verify.modelId],
    },
    answer: (request, signal) =>
      callGemini({ signal, timeoutMs, circuit }, async (either) => {
        const { client, modelId } = models[request.facts.task]
        const { response } = await client.generateContent(
          {
            contents: [{ role: 'user', parts: [{ text: request.prompt }] }],
            systemInstruction: request.system,
            generationConfig: generationConfig(modelId, request),
          },
          { signal: either },
        )
        return readAnswer(response, modelId, prices)
      }),
  }
}

function generationConfig(modelId: string, { schema, maxOutputTokens }: ModelRequest): GenerationConfig {
  return {
    responseMimeType: 'application/json',
    responseSchema: toResponseSchema(schema),
    maxOutputTokens,
    temperature: 1,
    // The client's types do not know it, and models before Gemini 3 answer 400 to it.
    ...(!/(^|\/)gemini-[12]/.test(modelId) && { thinkingConfig: { thinkingLevel: 'minimal' } }),
  }
}

const tokens = z.int().min(0).catch(0)

const Response = z.object({
  promptFeedback: z.object({ blockReason: z.string().optional() }).optional(),
  candidates: z
    .array(
      z.object({
        finishReason: z.string().optional(),
        content: z
          .object({
            parts: z.array(z.object({ text: z.string().optional(), thought: z.boolean().optional() })).optional(),
          })
          .optional(),
      }),
    )
    .optional(),
  usageMetadata: z
    .object({ promptTokenCount: tokens, candidatesTokenCount: tokens, thoughtsTokenCount: tokens })
    .optional(),
})

function readAnswer(response: unknown, modelId: string, prices: Prices): ModelAnswer {
  const parsed = Response.safeParse(response)
  if (!parsed.success) throw failure('bad_answer', 'Gemini answered in an unknown shape.', parsed.error)
  const { candidates, promptFeedback, usageMetadata } = parsed.data
  const [candidate] = candidates ?? []
  if (!candidate) {
    if (promptFeedback?.blockReason) throw failure('refused', `Gemini refused: ${promptFeedback.blockReason}.`)
    throw failure('bad_answer', 'Gemini gave no answer.')
  }
  const { finishReason = 'STOP' } = candidate
  if (refusals.has(finishReason)) throw failure('refused', `Gemini refused: ${finishReason}.`)
  if (finishReason === 'MAX_TOKENS') throw failure('truncated', 'Gemini ran out of tokens.')
  if (finishReason !== 'STOP') throw failure('bad_answer', `Gemini stopped early: ${finishReason.slice(0, 40)}.`)

  // The client's text() would mix the model's thoughts into the answer.
  const text = (candidate.content?.parts ?? []).map((part) => (part.thought ? '' : (part.text ?? ''))).join('')
  const input = usageMetadata?.promptTokenCount ?? 0
  const output = (usageMetadata?.candidatesTokenCount ?? 0) + (usageMetadata?.thoughtsTokenCount ?? 0)
  return {
    json: parseJson(text),
    model: modelId,
    inputTokens: input,
    outputTokens: output,
    cost: costOf(prices, modelId, { input, output }),
  }
}

function parseJson(text: string): unknown {
  if (Buffer.byteLength(text) > maxAnswerBytes) throw failure('bad_answer', 'Gemini answered far too much.')
  try {
    return JSON.parse(withoutFence(text.trim()))
  } catch (error) {
    throw failure('bad_answer', 'Gemini answered no JSON.', error)
  }
}
