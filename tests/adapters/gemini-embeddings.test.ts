import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { createGemini } from '../../server/adapters/gemini/gemini.ts'
import type { UpstreamKind } from '../../server/errors.ts'
import { failing, parts, vectors } from '../support/gemini-server.ts'
import { hang, json, raw, resetMidBody, startModelServer, type Behaviour } from '../support/model-server.ts'

const never = new AbortController().signal
const long = (value: number) => Array.from({ length: 768 }, () => value)

function embedder(baseUrl: string, embeddingTimeoutMs?: number) {
  return createGemini(
    {
      provider: 'gemini',
      apiKey: 'test-key',
      model: 'gemini-3.5-flash-lite',
      classifyModel: 'gemini-3.5-flash-lite',
      embeddingModel: 'gemini-embedding-001',
      baseUrl,
    },
    embeddingTimeoutMs === undefined ? {} : { embeddingTimeoutMs },
  ).embedder
}

test('texts go out in one request with their purpose and 768 dimensions', async () => {
  await using server = await startModelServer(vectors(() => long(1)))
  await embedder(server.baseUrl).embed(['first', 'second'], 'document', never)
  await embedder(server.baseUrl).embed(['which?'], 'query', never)
  const [document, query] = server.requests
  expect(document?.path).toBe('/v1beta/models/gemini-embedding-001:batchEmbedContents')
  expect(document?.headers['x-goog-api-key']).toBe('test-key')
  expect(document?.body.requests).toEqual(
    ['first', 'second'].map((text) => ({
      model: 'models/gemini-embedding-001',
      content: { role: 'user', parts: [{ text }] },
      taskType: 'RETRIEVAL_DOCUMENT',
      outputDimensionality: 768,
    })),
  )
  expect(query?.body.requests[0].taskType).toBe('RETRIEVAL_QUERY')
})

test('every vector is made one of length 1, in the order of the texts', async () => {
  await using server = await startModelServer(vectors((_index, text) => long(0).with(Number(text), 0.3).with(767, 0.4)))
  const answer = await embedder(server.baseUrl).embed(['5', '2', '9'], 'document', never)
  expect(answer.map((vector) => vector.findIndex((value) => value > 0))).toEqual([5, 2, 9])
  for (const vector of answer) {
    expect(vector).toHaveLength(768)
    expect(Math.hypot(...vector)).toBeCloseTo(1, 12)
  }
})

test('250 texts take three requests, of 100 at most', async () => {
  await using server = await startModelServer(vectors((_index, text) => long(0).with(Number(text), 1)))
  const texts = Array.from({ length: 250 }, (_, index) => String(index))
  const answer = await embedder(server.baseUrl).embed(texts, 'document', never)
  expect(server.requests.map(({ body }) => body.requests.length)).toEqual([100, 100, 50])
  expect(answer.map((vector) => vector.indexOf(1))).toEqual(texts.map(Number))
})

test('no text, no request', async () => {
  await using server = await startModelServer(vectors(() => long(1)))
  expect(await embedder(server.baseUrl).embed([], 'document', never)).toEqual([])
  expect(server.requests).toEqual([])
})

test('a long text is cut to what the model reads, and never within a character', async () => {
  await using server = await startModelServer(vectors(() => long(1)))
  await embedder(server.baseUrl).embed(
    ['a'.repeat(1_000_000), `${'a'.repeat(8_190)}🎉🎉`, '漢'.repeat(5_000), '  \n '],
    'document',
    never,
  )
  const texts: string[] = server.requests[0]?.body.requests.map(
    (one: { content: { parts: { text: string }[] } }) => one.content.parts[0]?.text,
  )
  expect(texts.map((text) => text.length)).toEqual([8_192, 8_191, 2_048, 1])
  expect(texts.every((text) => text.isWellFormed())).toBe(true)
})

test.each<[string, UpstreamKind, Behaviour]>([
  ['a vector of nothing', 'bad_answer', vectors(() => long(0))],
  ['a vector of another length', 'bad_answer', vectors(() => [1, 2, 3])],
  ['a vector of words', 'bad_answer', json({ embeddings: [{ values: long(1).fill('x' as unknown as number) }] })],
  ['a vector beyond all numbers', 'bad_answer', raw(`{"embeddings":[{"values":[${long(1).fill(1e308).join()}]}]}`)],
  ['a vector too few', 'bad_answer', json({ embeddings: [] })],
  ['a vector too many', 'bad_answer', json({ embeddings: [{ values: long(1) }, { values: long(1) }] })],
  ['another shape', 'bad_answer', parts({ text: 'hello' })],
  ['too many requests', 'rate_limited', failing(429, 'RESOURCE_EXHAUSTED')],
  ['a bad key', 'rejected', failing(403, 'PERMISSION_DENIED')],
  ['an overload', 'unavailable', failing(503, 'UNAVAILABLE')],
  ['half a body', 'unavailable', raw('{"embeddings":[')],
  ['a reset', 'unavailable', resetMidBody],
  ['silence', 'timeout', hang],
])('%s is a failure of its kind: %s', async (_what, kind, behaviour) => {
  await using server = await startModelServer(behaviour)
  await expect(
    embedder(server.baseUrl, kind === 'timeout' ? 150 : undefined).embed(['text'], 'query', never),
  ).rejects.toMatchObject({
    name: 'UpstreamError',
    vendor: 'gemini',
    kind,
  })
})

test('a finished request lets the process end long before its deadline', async () => {
  await using server = await startModelServer(vectors(() => long(1)))
  const adapter = fileURLToPath(new URL('../../server/adapters/gemini/gemini.ts', import.meta.url))
  const program = `
    import { createGemini } from ${JSON.stringify(adapter)}
    const { embedder } = createGemini(
      { provider: 'gemini', apiKey: 'k', model: 'm', classifyModel: 'm', embeddingModel: 'e', baseUrl: '${server.baseUrl}' },
      { embeddingTimeoutMs: 1_000_000 },
    )
    const [vector] = await embedder.embed(['text'], 'query', new AbortController().signal)
    console.log(vector.length)
  `
  const child = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { timeout: 100_000 })
  expect((await child).stdout.trim()).toBe('768')
})
