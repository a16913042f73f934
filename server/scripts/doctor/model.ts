import { createGemini } from '../../adapters/gemini/gemini.ts'
import type { Config, ModelConfig } from '../../config.ts'
import { isUpstream, messageOf, type UpstreamError } from '../../errors.ts'
import { type Finding, ok, problem, warning } from './findings.ts'
import { examineModelServer } from './model-server.ts'
import { smallQuestion } from './small-question.ts'

const limitMs = 5_000

/** Whether the models answer. */
export async function examineModel({ model }: Config): Promise<Finding[]> {
  switch (model.provider) {
    case 'gemini':
      return await Promise.all([...new Set([model.model, model.classifyModel])].map((modelId) => ask(model, modelId)))
    case 'openai':
      return await examineModelServer(model)
    case 'offline':
      return [
        warning(
          'Gemini',
          'the offline model answers, by rules and templates',
          'set GEMINI_API_KEY, or MODEL_PROVIDER=openai for a server of your own',
        ),
      ]
  }
}

async function ask(config: Extract<ModelConfig, { provider: 'gemini' }>, modelId: string): Promise<Finding> {
  const { model } = createGemini({ ...config, classifyModel: modelId }, { answerTimeoutMs: limitMs })
  try {
    await model.answer(smallQuestion, new AbortController().signal)
    return ok('Gemini', `${modelId} answers`)
  } catch (error) {
    if (!isUpstream(error)) throw error
    return judge(error, modelId)
  }
}

function judge(error: UpstreamError, modelId: string): Finding {
  const { kind, message, cause } = error
  const status = (cause as { status?: unknown } | undefined)?.status
  if (kind === 'rejected' && status === 404) {
    return problem('Gemini', `there is no model ${modelId}`, 'correct GEMINI_MODEL or GEMINI_CLASSIFY_MODEL')
  }
  if (kind === 'rejected') {
    const detail = `${message} ${firstSentence(messageOf(cause))}`
    return problem('Gemini', detail, 'look at GEMINI_API_KEY: https://aistudio.google.com/apikey')
  }
  if (kind === 'rate_limited' || kind === 'daily_limit') {
    return warning(
      'Gemini',
      `${modelId}: ${message}`,
      'the quota of the key is used up for now: https://aistudio.google.com/usage; mail waits and goes on by itself',
    )
  }
  if (kind === 'unavailable' || kind === 'timeout') {
    return warning('Gemini', `${modelId}: ${message}`, 'try again; if it stays so, look at the way out of this network')
  }
  // Whatever it said, it answered.
  return ok('Gemini', `${modelId} answers`)
}

/** The client's words begin with the whole address of the call. */
function firstSentence(words: string): string {
  return words.replace(/^.*?\[\d+[^\]]*\] ?/s, '').split(/(?<=\.)\s/, 1)[0] ?? ''
}
