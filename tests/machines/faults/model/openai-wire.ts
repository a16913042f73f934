import { createOpenAi } from '../../../../server/adapters/openai/openai.ts'
import type { ModelHttpRequest } from '../../../support/model-server.ts'
import { choice, limiting, refusing, saying } from '../../../support/openai-server.ts'
import { askedWaitSeconds, inTurn, vector, type Wire } from './wire.ts'

const config = (baseUrl: string) =>
  ({
    provider: 'openai',
    apiKey: 'a key of the tests',
    model: 'large',
    classifyModel: 'small',
    embeddingModel: 'words',
    baseUrl: `${baseUrl}/v1`,
  }) as const

export const openaiWire: Wire = {
  vendor: 'openai',
  config,
  adapters(baseUrl, deadlineMs, circuit) {
    const options = { answerTimeoutMs: deadlineMs, embeddingTimeoutMs: deadlineMs, circuit }
    const { model, embedder } = createOpenAi(config(baseUrl), options)
    if (!embedder) throw new Error('there is no embedder')
    return { model, embedder }
  },
  failures: {
    'bad-request': () => refusing(400),
    forbidden: () => refusing(403),
    'limited-with-time': () => limiting(String(askedWaitSeconds)),
    limited: () => refusing(429),
    'internal-error': () => refusing(500),
    unavailable: () => refusing(503),
    'deadline-exceeded': () => refusing(504),
    'refused-without-answer': () =>
      inTurn(
        choice({ message: { content: null }, finish_reason: 'content_filter' }),
        choice({ message: { content: null, refusal: 'I cannot help with that.' }, finish_reason: 'stop' }),
      ),
    'blocked-prompt': () => choice({ message: { content: '' }, finish_reason: 'content_filter' }),
    'max-tokens': () => saying('{"in', { finish_reason: 'length' }),
  },
  isEmbedding: ({ path }) => path.endsWith('/embeddings'),
  properties: (request) => schemaOf(request).properties ?? {},
  say: (text) => saying(text),
  vectors: ({ body }) => ({ data: (body.input as string[]).map((_, index) => ({ index, embedding: vector })) }),
  wrongVectors: { data: [{ index: 7, embedding: vector }] },
  wordVectors: { data: [{ index: 0, embedding: vector.map(String) }] },
}

/** Where a server did not mind it, the schema is told in the prompt. */
function schemaOf({ body }: ModelHttpRequest): { properties?: object } {
  const format = body.response_format?.json_schema?.schema as object | undefined
  const told = /JSON Schema: (\{.*\})$/s.exec(String(body.messages?.[0]?.content))?.[1] ?? '{}'
  return format ?? (JSON.parse(told) as object)
}
