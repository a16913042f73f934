import { createGemini } from '../../../../server/adapters/gemini/gemini.ts'
import { candidate, failing, parts } from '../../../support/gemini-server.ts'
import { json } from '../../../support/model-server.ts'
import { askedWaitSeconds, inTurn, vector, type Wire } from './wire.ts'

const retryInfo = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${askedWaitSeconds}s` }

const config = (baseUrl: string) =>
  ({
    provider: 'gemini',
    apiKey: 'a key of the tests',
    model: 'gemini-3.5-flash-lite',
    classifyModel: 'gemini-3.5-flash-lite',
    embeddingModel: 'gemini-embedding-001',
    baseUrl,
  }) as const

export const geminiWire: Wire = {
  vendor: 'gemini',
  config,
  adapters: (baseUrl, deadlineMs, circuit) =>
    createGemini(config(baseUrl), { answerTimeoutMs: deadlineMs, embeddingTimeoutMs: deadlineMs, circuit }),
  failures: {
    'bad-request': () => failing(400, 'INVALID_ARGUMENT'),
    forbidden: () => failing(403, 'PERMISSION_DENIED'),
    'limited-with-time': () => failing(429, 'RESOURCE_EXHAUSTED', [retryInfo]),
    limited: () => failing(429, 'RESOURCE_EXHAUSTED'),
    'internal-error': () => failing(500, 'INTERNAL'),
    unavailable: () => failing(503, 'UNAVAILABLE'),
    'deadline-exceeded': () => failing(504, 'DEADLINE_EXCEEDED'),
    'refused-without-answer': () =>
      inTurn(candidate({ finishReason: 'SAFETY' }), candidate({ finishReason: 'RECITATION' })),
    'blocked-prompt': () => json({ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }),
    'max-tokens': () =>
      candidate({ finishReason: 'MAX_TOKENS', content: { role: 'model', parts: [{ text: '{"in' }] } }),
  },
  isEmbedding: ({ path }) => path.includes('batchEmbedContents'),
  properties: ({ body }) => body.generationConfig?.responseSchema?.properties ?? {},
  say: (text) => parts({ text }),
  vectors: ({ body }) => ({ embeddings: (body.requests as object[]).map(() => ({ values: vector })) }),
  wrongVectors: { embeddings: [{ values: vector.slice(1) }] },
  wordVectors: { embeddings: [{ values: vector.map(String) }] },
}
