import type { ModelConfig } from '../../config.ts'
import type { Circuit, Embedder, LanguageModel } from '../../ports.ts'
import { createCircuit } from '../circuit.ts'
import { createAnswers } from './answers.ts'
import { createEmbeddings } from './embeddings.ts'
import { createModelServer } from './server.ts'

type OpenAiConfig = Extract<ModelConfig, { provider: 'openai' }>

export interface OpenAiOptions {
  /** A machine of one's own takes longer than a vendor's; but a run is held for a minute, and others take it then. */
  readonly answerTimeoutMs?: number
  /** For each request; many texts take several. */
  readonly embeddingTimeoutMs?: number
  /** By default one of its own. */
  readonly circuit?: Circuit
}

/**
 * Any server that speaks OpenAI's HTTP: Ollama, llama.cpp, vLLM, OpenRouter, OpenAI. No call that may have been answered
 * is repeated here: every failure is an `UpstreamError` of `openai`, an abort by the caller included (kind `timeout`,
 * its reason as `cause`), and whoever calls decides what follows. Without a model for it there is no embedder.
 */
export function createOpenAi(
  config: OpenAiConfig,
  { answerTimeoutMs = 50_000, embeddingTimeoutMs = 50_000, circuit = createCircuit('openai') }: OpenAiOptions = {},
): { model: LanguageModel; embedder: Embedder | null } {
  const server = createModelServer(config, circuit)
  const isOne = config.classifyModel === config.model
  const cheap = { modelId: config.classifyModel, setting: isOne ? 'OPENAI_MODEL' : 'OPENAI_CLASSIFY_MODEL' }
  const good = { modelId: config.model, setting: 'OPENAI_MODEL' }
  const models = { classify: cheap, decide: cheap, generate: good, verify: good }
  return {
    model: createAnswers(server, models, answerTimeoutMs),
    embedder:
      config.embeddingModel === null ? null : createEmbeddings(server, config.embeddingModel, embeddingTimeoutMs),
  }
}
