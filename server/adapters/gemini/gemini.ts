import { GoogleGenerativeAI } from '@google/generative-ai'
import type { ModelConfig } from '../../config.ts'
import type { Circuit, Embedder, LanguageModel } from '../../ports.ts'
import { createCircuit } from '../circuit.ts'
import { createAnswers } from './answers.ts'
import { createEmbeddings } from './embeddings.ts'
import { publishedPrices, type Prices } from './prices.ts'

type GeminiConfig = Extract<ModelConfig, { provider: 'gemini' }>

export interface GeminiOptions {
  readonly answerTimeoutMs?: number
  /** For each request; many texts take several. */
  readonly embeddingTimeoutMs?: number
  readonly prices?: Prices
  /** By default one of its own. */
  readonly circuit?: Circuit
}

/**
 * Google's models through its own client. No call is repeated here: every failure is an `UpstreamError` of `gemini`,
 * an abort by the caller included (kind `timeout`, its reason as `cause`), and whoever calls decides what follows.
 */
export function createGemini(
  config: GeminiConfig,
  {
    answerTimeoutMs = 30_000,
    embeddingTimeoutMs = 20_000,
    prices = publishedPrices,
    circuit = createCircuit('gemini'),
  }: GeminiOptions = {},
): { model: LanguageModel; embedder: Embedder } {
  const client = new GoogleGenerativeAI(config.apiKey)
  const server = { apiVersion: 'v1beta', ...(config.baseUrl !== null && { baseUrl: config.baseUrl }) }
  const answering = (modelId: string) => ({ modelId, client: client.getGenerativeModel({ model: modelId }, server) })
  const cheap = answering(config.classifyModel)
  const good = answering(config.model)
  const models = { classify: cheap, decide: cheap, generate: good, verify: good }
  return {
    model: createAnswers(models, { timeoutMs: answerTimeoutMs, prices, circuit }),
    embedder: createEmbeddings(client.getGenerativeModel({ model: config.embeddingModel }, server), {
      modelId: config.embeddingModel,
      timeoutMs: embeddingTimeoutMs,
      price: prices[config.embeddingModel],
      circuit,
    }),
  }
}
