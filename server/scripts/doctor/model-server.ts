import { refusalOf } from '../../adapters/openai/errors.ts'
import { createOpenAi } from '../../adapters/openai/openai.ts'
import type { ModelConfig } from '../../config.ts'
import { isUpstream, type UpstreamError, type UpstreamKind } from '../../errors.ts'
import type { LanguageModel } from '../../ports.ts'
import { type Finding, ok, problem, warning } from './findings.ts'
import { smallQuestion } from './small-question.ts'

type ServerConfig = Extract<ModelConfig, { provider: 'openai' }>

/** A machine of one's own loads a model before its first answer. */
const limitMs = 20_000
const never = new AbortController().signal

/** Whether the models of a server that speaks OpenAI's HTTP answer; one after the other, as it may hold one at a time. */
export async function examineModelServer(config: ServerConfig): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const modelId of new Set([config.model, config.classifyModel])) {
    const { model } = createOpenAi({ ...config, classifyModel: modelId }, { answerTimeoutMs: limitMs })
    findings.push(await examine(config, modelId, () => askForJson(model)))
  }
  return [...findings, await examineEmbedder(config)]
}

async function examineEmbedder(config: ServerConfig): Promise<Finding> {
  const { embedder } = createOpenAi(config, { embeddingTimeoutMs: limitMs })
  if (!embedder) {
    return warning(
      'embeddings',
      'related mail is found by the spelling of its words, not by its meaning',
      'set OPENAI_EMBEDDING_MODEL',
    )
  }
  return await examine(config, config.embeddingModel ?? '', () => embedder.embed(['A lamp.'], 'query', never))
}

/** What the server does not know of ways to ask for JSON, the adapter finds out from one answer to the next. */
async function askForJson(model: LanguageModel): Promise<unknown> {
  for (let tries = 0; ; tries++) {
    try {
      return await model.answer(smallQuestion, never)
    } catch (error) {
      if (tries === 2 || !isUpstream(error, 'bad_answer')) throw error
    }
  }
}

async function examine(config: ServerConfig, modelId: string, ask: () => Promise<unknown>): Promise<Finding> {
  try {
    await ask()
    return ok('model', `${modelId} answers at ${config.baseUrl}`)
  } catch (error) {
    if (!isUpstream(error)) throw error
    return judge(error, config, modelId)
  }
}

const fixes: Partial<Record<UpstreamKind, string>> = {
  rate_limited: 'mail waits and goes on by itself',
  unavailable: 'start it, or correct OPENAI_BASE_URL; mail waits until it answers',
  timeout: 'try again, since the first answer waits for the model to be loaded; else take a smaller one',
  truncated: 'try another model: this one thinks for too long before it answers',
}

function judge(error: UpstreamError, { baseUrl }: ServerConfig, modelId: string): Finding {
  const { kind, message } = error
  const detail = `${modelId}: ${message}`
  if (kind === 'rejected') {
    // Nothing but our small question can be repeated in it.
    const words = refusalOf(error)?.words.slice(0, 300)
    return problem(
      'model',
      words ? `${detail} It said: ${words}` : detail,
      `what the server has is told by: curl ${baseUrl}/models`,
    )
  }
  return warning('model', detail, fixes[kind] ?? 'try another model: this one does not answer in JSON')
}
