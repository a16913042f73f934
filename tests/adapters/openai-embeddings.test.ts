import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { LLMock } from '@copilotkit/aimock'
import { createOpenAi } from '../../server/adapters/openai/openai.ts'
import type { UpstreamKind } from '../../server/errors.ts'
import { type Behaviour, hang, json, raw, resetMidBody, startModelServer } from '../support/model-server.ts'
import { embeddings, refusing, saying } from '../support/openai-server.ts'

const never = new AbortController().signal
const long = (value: number, length = 768) => Array.from({ length }, () => value)

function embedder(baseUrl: string, embeddingTimeoutMs?: number) {
  const names = { model: 'large', classifyModel: 'large', embeddingModel: 'words' }
  const made = createOpenAi(
    { provider: 'openai', apiKey: null, ...names, baseUrl },
    embeddingTimeoutMs === undefined ? {} : { embeddingTimeoutMs },
  ).embedder
  if (!made) throw new Error('there is no embedder')
  return made
}

test('texts go out in one request, which asks for 768 dimensions', async () => {
  await using server = await startModelServer(embeddings(() => long(1)))
  const made = embedder(server.baseUrl)
  await made.embed(['first', 'second'], 'document', never)
  expect(server.requests.map(({ path, body }) => [path, body])).toEqual([
    ['/embeddings', { model: 'words', input: ['first', 'second'], dimensions: 768 }],
  ])
  expect([made.modelId, made.price]).toEqual(['openai:words', undefined])
})

test('without a model for it there is no embedder', () => {
  const names = { model: 'large', classifyModel: 'large', embeddingModel: null }
  expect(createOpenAi({ provider: 'openai', apiKey: null, ...names, baseUrl: 'http://[::1]:1' }).embedder).toBeNull()
})

test('an emulator’s vectors are taken', async () => {
  const mock = new LLMock({ port: 0 })
  const baseUrl = await mock.start()
  try {
    const [vector = []] = await embedder(`${baseUrl}/v1`).embed(['A lamp.'], 'query', never)
    expect(vector).toHaveLength(768)
    expect(Math.hypot(...vector)).toBeCloseTo(1, 12)
  } finally {
    await mock.stop()
  }
})

test.each([768, 1_024, 4_096])(
  'a vector of %d numbers becomes one of 768 and of length 1, in the order of the texts',
  async (length) => {
    await using server = await startModelServer(
      embeddings((_index, text) =>
        long(0, length)
          .with(Number(text), 0.3)
          .with(767, 0.4)
          .with(length - 1, 0.4),
      ),
    )
    const answer = await embedder(server.baseUrl).embed(['5', '2', '9'], 'document', never)
    expect(answer.map((vector) => vector.findIndex((value) => value > 0))).toEqual([5, 2, 9])
    for (const vector of answer) {
      expect(vector).toHaveLength(768)
      expect(Math.hypot(...vector)).toBeCloseTo(1, 12)
    }
  },
)

test('vectors that come in another order are put back, and ones without a place taken as they come', async () => {
  const data = [7, 3].map((place, at) => ({ index: 1 - at, embedding: long(0).with(place, 1) }))
  await using server = await startModelServer(json({ data }))
  const places = async () =>
    (await embedder(server.baseUrl).embed(['a', 'b'], 'document', never)).map((vector) => vector.indexOf(1))
  expect(await places()).toEqual([3, 7])
  server.behave(json({ data: data.map(({ embedding }) => ({ embedding })) }))
  expect(await places()).toEqual([7, 3])
})

test('70 texts take three requests, of 32 at most', async () => {
  await using server = await startModelServer(embeddings((_index, text) => long(0).with(Number(text), 1)))
  const texts = Array.from({ length: 70 }, (_, index) => String(index))
  const answer = await embedder(server.baseUrl).embed(texts, 'document', never)
  expect(server.requests.map(({ body }) => body.input.length)).toEqual([32, 32, 6])
  expect(answer.map((vector) => vector.indexOf(1))).toEqual(texts.map(Number))
})

test('no text, no request', async () => {
  await using server = await startModelServer(embeddings(() => long(1)))
  expect(await embedder(server.baseUrl).embed([], 'document', never)).toEqual([])
  expect(server.requests).toEqual([])
})

test.each([
  [400, 'Model "words" does not support matryoshka representation'],
  [422, 'dimensions: extra fields not permitted'],
])('a server that refuses dimensions (%d, %s) is asked without from then on', async (status, message) => {
  await using server = await startModelServer((...call) =>
    ('dimensions' in call[0].body ? refusing(status, message) : embeddings(() => long(1, 1_024)))(...call),
  )
  const made = embedder(server.baseUrl)
  await made.embed(['text'], 'document', never)
  await made.embed(['text'], 'document', never)
  expect(server.requests.map(({ body }) => body.dimensions)).toEqual([768, undefined, undefined])
})

test('texts are cut to what the model reads, which is found out once', async () => {
  const longest = ({ body }: { body: { input: string[] } }) => Math.max(...body.input.map((text) => text.length))
  await using server = await startModelServer((...call) =>
    (longest(call[0]) > 2_048
      ? refusing(400, 'the input length exceeds the context length')
      : embeddings(() => long(1)))(...call),
  )
  const made = embedder(server.baseUrl)
  await made.embed(['a'.repeat(100_000), '  \n '], 'document', never)
  await made.embed([`${'a'.repeat(2_046)}🎉🎉`], 'document', never)
  expect(server.requests.map(longest)).toEqual([8_192, 4_096, 2_048, 2_047])
  expect(server.requests[2]?.body.input[1]).toBe('-')
  expect(server.requests[3]?.body.input[0].isWellFormed()).toBe(true)
})

test('a server to which everything is too long is asked a few times and no more', async () => {
  await using server = await startModelServer(refusing(500, 'input is too large to process'))
  await expect(embedder(server.baseUrl).embed(['text'], 'document', never)).rejects.toMatchObject({
    kind: 'unavailable',
  })
  expect(server.requests).toHaveLength(5)
})

test('a model whose vectors are too short is told by name, with the variable to look at', async () => {
  await using server = await startModelServer(embeddings(() => long(1, 384)))
  await expect(embedder(server.baseUrl).embed(['text'], 'document', never)).rejects.toMatchObject({
    kind: 'rejected',
    message:
      'words gives vectors of 384 numbers, and 768 are needed: put a model that gives so many or more into OPENAI_EMBEDDING_MODEL.',
  })
})

test.each<[string, UpstreamKind, Behaviour]>([
  ['a vector of nothing', 'bad_answer', embeddings(() => long(0))],
  ['an empty vector', 'bad_answer', embeddings(() => [])],
  ['a vector of words', 'bad_answer', embeddings(() => long(1).fill('x' as unknown as number))],
  ['a vector beyond all numbers', 'bad_answer', raw(`{"data":[{"embedding":[${long(1).fill(1e308).join()}]}]}`)],
  ['a vector in base64', 'bad_answer', json({ data: [{ index: 0, embedding: 'AACAPw==' }] })],
  ['a vector too few', 'bad_answer', json({ data: [] })],
  ['a vector too many', 'bad_answer', json({ data: [{ embedding: long(1) }, { embedding: long(1) }] })],
  ['a vector for another text', 'bad_answer', json({ data: [{ index: 3, embedding: long(1) }] })],
  ['another shape', 'bad_answer', saying('hello')],
  ['too many requests', 'rate_limited', refusing(429)],
  ['a bad key', 'rejected', refusing(401)],
  ['an overload', 'unavailable', refusing(503)],
  ['half a body', 'unavailable', raw('{"data":[')],
  ['a page', 'unavailable', raw('<html></html>', 200, 'text/html')],
  ['a reset', 'unavailable', resetMidBody],
  ['silence', 'timeout', hang],
])('%s is a failure of its kind: %s', async (_what, kind, behaviour) => {
  await using server = await startModelServer(behaviour)
  await expect(
    embedder(server.baseUrl, kind === 'timeout' ? 150 : undefined).embed(['text'], 'query', never),
  ).rejects.toMatchObject({ name: 'UpstreamError', vendor: 'openai', kind })
})

test('a finished request lets the process end long before its deadline', async () => {
  await using server = await startModelServer(embeddings(() => long(1)))
  const adapter = fileURLToPath(new URL('../../server/adapters/openai/openai.ts', import.meta.url))
  const program = `
    import { createOpenAi } from ${JSON.stringify(adapter)}
    const { embedder } = createOpenAi(
      { provider: 'openai', apiKey: 'k', model: 'm', classifyModel: 'm', embeddingModel: 'e', baseUrl: '${server.baseUrl}' },
      { embeddingTimeoutMs: 1_000_000 },
    )
    const [vector] = await embedder.embed(['text'], 'query', new AbortController().signal)
    console.log(vector.length)
  `
  const child = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { timeout: 100_000 })
  expect((await child).stdout.trim()).toBe('768')
})
