import { z } from 'zod'
import type { ModelAnswer, ModelFacts } from '../../model-question.ts'
import type { LanguageModel } from '../../ports.ts'
import { maxAnswerBytes, withoutFence } from '../model-wire.ts'
import { failure } from './errors.ts'
import type { ModelServer } from './server.ts'
import { AnswerWays, chatRequest } from './ways.ts'

const path = '/chat/completions'

export interface AnsweringModel {
  readonly modelId: string
  readonly setting: string
}

/** Each kind of question has the model that answers it. What they cost nobody knows here: tokens are counted alone. */
export function createAnswers(
  server: ModelServer,
  models: Readonly<Record<ModelFacts['task'], AnsweringModel>>,
  timeoutMs: number,
): LanguageModel {
  const waysOf = new Map(Object.values(models).map(({ modelId }) => [modelId, new AnswerWays()]))
  return {
    ids: { classify: models.classify.modelId, generate: models.generate.modelId },
    answer: (request, signal) =>
      server.call(signal, timeoutMs, async (either) => {
        const { modelId, setting } = models[request.facts.task]
        const ways = waysOf.get(modelId) ?? new AnswerWays()
        for (;;) {
          const asked = ways.current
          let response: unknown
          try {
            response = await server.post({ path, modelId, setting }, chatRequest(modelId, asked, request), either)
          } catch (error) {
            // What was refused cost nothing, and each way is left for good: it ends.
            if (ways.learnFrom(error, asked)) continue
            throw error
          }
          return readAnswer(response, modelId, (isJson) => ways.note(asked, isJson))
        }
      }),
  }
}

const tokens = z.int().min(0).catch(0)

const Response = z.object({
  choices: z.array(
    z.object({
      finish_reason: z.string().nullish(),
      message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
    }),
  ),
  usage: z.object({ prompt_tokens: tokens, completion_tokens: tokens }).nullish().catch(null),
})

function readAnswer(response: unknown, modelId: string, note: (isJson: boolean) => void): ModelAnswer {
  const parsed = Response.safeParse(response)
  if (!parsed.success) throw failure('bad_answer', 'The model server answered in an unknown shape.', parsed.error)
  const { choices, usage } = parsed.data
  const [choice] = choices
  if (!choice) throw failure('bad_answer', 'The model gave no answer.')
  const { finish_reason: reason, message } = choice
  if (reason === 'content_filter' || message.refusal) throw failure('refused', 'The model refused to answer.')
  if (reason === 'length') throw failure('truncated', 'The model ran out of tokens.')
  if (reason === 'tool_calls' || reason === 'function_call' || reason === 'error') {
    throw failure('bad_answer', `The model stopped early: ${reason}.`)
  }
  const text = message.content ?? ''
  if (Buffer.byteLength(text) > maxAnswerBytes) throw failure('bad_answer', 'The model answered far too much.')
  const json = jsonWithin(text)
  note(json !== undefined)
  if (json === undefined) throw failure('bad_answer', 'The model answered no JSON.')
  return {
    json,
    model: modelId,
    inputTokens: usage?.prompt_tokens ?? 0,
    outputTokens: usage?.completion_tokens ?? 0,
    cost: 0,
  }
}

/** Small models think aloud before it, or wrap it in a sentence; whoever asked checks what is within. */
function jsonWithin(text: string): unknown {
  const said = text.replace(/^\s*<think>[^]*?<\/think>/, '').trim()
  const candidates = [withoutFence(said), said.slice(said.indexOf('{'), said.lastIndexOf('}') + 1)]
  for (const candidate of candidates) {
    try {
      return JSON.parse(candidate) as unknown
    } catch {
      continue
    }
  }
  return undefined
}
