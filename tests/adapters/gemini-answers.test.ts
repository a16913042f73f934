import { LLMock } from '@copilotkit/aimock'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createGemini } from '../../server/adapters/gemini/gemini.ts'
import { UpstreamError, type UpstreamKind } from '../../server/errors.ts'
import type { ModelRequest } from '../../server/model-question.ts'
import { candidate, failing, parts } from '../support/gemini-server.ts'
import { expectDeadlines } from '../support/model-deadlines.ts'
import { json, raw, reset, resetMidBody, startModelServer, type Behaviour } from '../support/model-server.ts'

const verdict = { intent: 'inquiry', confidence: 0.8, reason: 'It asks for a price.' }
const words = JSON.stringify(verdict)

const request: ModelRequest = {
  system: 'You sort mail.',
  prompt: 'What does the lamp cost?',
  facts: {
    task: 'classify',
    mail: {
      subject: '',
      from: { name: '', address: 'a@example.com' },
      text: '',
      receivedAt: '2026-03-03T09:00:00.000Z',
      quoted: '',
      isReply: false,
    },
  },
  schema: z.toJSONSchema(
    z.strictObject({
      intent: z.enum(['inquiry', 'spam']),
      confidence: z.number().min(0).max(1),
      asks: z.array(z.string().max(200)).max(8),
      note: z.string().nullable(),
      kind: z.literal('mail'),
      when: z.iso.datetime(),
    }),
  ),
  maxOutputTokens: 700,
}

const never = new AbortController().signal

function gemini(baseUrl: string, options?: Parameters<typeof createGemini>[1]) {
  return createGemini(
    {
      provider: 'gemini',
      apiKey: 'test-key',
      model: 'gemini-3.5-flash-lite',
      classifyModel: 'gemini-3.5-flash-lite',
      embeddingModel: 'gemini-embedding-001',
      baseUrl,
    },
    options,
  ).model
}

async function answerOf(behaviour: Behaviour, options?: Parameters<typeof createGemini>[1]) {
  await using server = await startModelServer(behaviour)
  return await gemini(server.baseUrl, options).answer(request, never)
}

async function failureOf(behaviour: Behaviour, options?: Parameters<typeof createGemini>[1]): Promise<UpstreamError> {
  const error: unknown = await answerOf(behaviour, options).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(UpstreamError)
  return error as UpstreamError
}

test('a question is asked as the wire format wants it, in a schema Gemini knows', async () => {
  await using server = await startModelServer(parts({ text: words }))
  await gemini(server.baseUrl).answer(request, never)
  const [sent] = server.requests
  expect(sent?.path).toBe('/v1beta/models/gemini-3.5-flash-lite:generateContent')
  expect(sent?.headers['x-goog-api-key']).toBe('test-key')
  expect(sent?.body).toEqual({
    contents: [{ role: 'user', parts: [{ text: 'What does the lamp cost?' }] }],
    systemInstruction: { role: 'system', parts: [{ text: 'You sort mail.' }] },
    safetySettings: [],
    generationConfig: {
      responseMimeType: 'application/json',
      maxOutputTokens: 700,
      temperature: 1,
      thinkingConfig: { thinkingLevel: 'minimal' },
      responseSchema: {
        type: 'object',
        required: ['intent', 'confidence', 'asks', 'note', 'kind', 'when'],
        propertyOrdering: ['intent', 'confidence', 'asks', 'note', 'kind', 'when'],
        properties: {
          intent: { type: 'string', enum: ['inquiry', 'spam'] },
          confidence: { type: 'number', minimum: 0, maximum: 1 },
          asks: { type: 'array', maxItems: 8, items: { type: 'string', maxLength: 200 } },
          note: { type: 'string', nullable: true },
          kind: { type: 'string', enum: ['mail'] },
          when: { type: 'string' },
        },
      },
    },
  })
})

test('the answer of a strict emulator comes back with its tokens', async () => {
  const mock = new LLMock({ port: 0, strict: true })
  mock.on(
    { userMessage: 'What does the lamp cost?', systemMessage: 'You sort mail.', model: 'gemini-3.5-flash-lite' },
    { content: words, reasoning: 'Let me think.', usage: { promptTokenCount: 12, candidatesTokenCount: 4 } },
  )
  const baseUrl = await mock.start()
  try {
    const answer = await gemini(baseUrl).answer(request, never)
    expect(answer).toMatchObject({ json: verdict, model: 'gemini-3.5-flash-lite', inputTokens: 12, outputTokens: 4 })
    const unmatched = gemini(baseUrl).answer({ ...request, prompt: 'Anything else?' }, never)
    await expect(unmatched).rejects.toBeInstanceOf(UpstreamError)
  } finally {
    await mock.stop()
  }
})

test('cost is what the price list makes of the tokens, thoughts included', async () => {
  const answer = await answerOf(parts({ text: words }))
  expect(answer).toMatchObject({ inputTokens: 200, outputTokens: 40 })
  expect(answer.cost).toBeCloseTo((200 * 0.3 + 40 * 2.5) / 1_000_000, 12)
  expect(await answerOf(parts({ text: words }), { prices: {} })).toMatchObject({ cost: 0 })
})

test('mail is sorted by the model that is named for it, at its own price', async () => {
  await using server = await startModelServer(parts({ text: words }))
  const names = { model: 'gemini-3.5-flash', classifyModel: 'gemini-3.5-flash-lite', embeddingModel: 'none' }
  const { model } = createGemini({ provider: 'gemini', apiKey: 'test-key', ...names, baseUrl: server.baseUrl })
  const [cheap, good] = [
    { input: 0.3, output: 2.5 },
    { input: 1.5, output: 9 },
  ]
  expect(model.prices).toEqual({ classify: cheap, decide: cheap, generate: good, verify: good })
  const { mail } = request.facts
  const rest = { earlier: [], intent: '', language: 'en', owner: { name: '', tone: '' }, context: [], slots: [] }
  const sorted = await model.answer(request, never)
  const drafted = await model.answer({ ...request, facts: { task: 'generate', mail, ...rest } }, never)
  expect([sorted, drafted]).toMatchObject([{ model: 'gemini-3.5-flash-lite' }, { model: 'gemini-3.5-flash' }])
  expect(server.requests.map(({ path }) => path.split('/').at(-1))).toEqual([
    'gemini-3.5-flash-lite:generateContent',
    'gemini-3.5-flash:generateContent',
  ])
  expect(drafted.cost).toBeCloseTo((200 * 1.5 + 40 * 9) / 1_000_000, 12)
})

test('a model that tells no tokens counts none', async () => {
  const silent = json({ candidates: [{ content: { parts: [{ text: words }] } }], usageMetadata: { x: 'many' } })
  expect(await answerOf(silent)).toMatchObject({ json: verdict, inputTokens: 0, outputTokens: 0, cost: 0 })
})

test.each<[string, Behaviour]>([
  ['in one part', parts({ text: words })],
  ['in several parts', parts({ text: words.slice(0, 9) }, { text: words.slice(9) })],
  ['behind a thought', parts({ text: '{"intent":"spam"}', thought: true }, { text: words })],
  ['in a fence', parts({ text: `\`\`\`json\n${words}\n\`\`\`\n` })],
  ['in a fence without a name', parts({ text: `\`\`\`\n${words}\n\`\`\`` })],
])('an answer %s is read', async (_where, behaviour) => {
  expect((await answerOf(behaviour)).json).toEqual(verdict)
})

const stop = { finishReason: 'STOP', content: { parts: [{ text: words }] } }

test.each<[string, UpstreamKind, Behaviour]>([
  ['a bad request', 'rejected', failing(400, 'INVALID_ARGUMENT')],
  ['a bad key', 'rejected', failing(403, 'PERMISSION_DENIED')],
  ['an unknown model', 'rejected', failing(404, 'NOT_FOUND')],
  ['too many requests', 'rate_limited', failing(429, 'RESOURCE_EXHAUSTED')],
  ['an inner error', 'unavailable', failing(500, 'INTERNAL')],
  ['a bad gateway with HTML', 'unavailable', raw('<h1>Bad gateway</h1>', 502, 'text/html')],
  ['an overload', 'unavailable', failing(503, 'UNAVAILABLE')],
  ['a deadline of theirs', 'unavailable', failing(504, 'DEADLINE_EXCEEDED')],
  ['a reset before the answer', 'unavailable', reset],
  ['a reset within the answer', 'unavailable', resetMidBody],
  ['a truncated body', 'unavailable', raw('{"candidates":[{"content":{"pa')],
  ['a page instead of an answer', 'unavailable', raw('<html>Welcome to the hotel</html>', 200, 'text/html')],
  ['null', 'unavailable', raw('null')],
  ['a list', 'bad_answer', raw('[]')],
  ['no candidate', 'bad_answer', json({ candidates: [] })],
  ['candidates of another shape', 'bad_answer', json({ candidates: { parts: 3 } })],
  ['no parts', 'bad_answer', candidate({ finishReason: 'STOP', content: { role: 'model' } })],
  ['prose', 'bad_answer', parts({ text: 'Sure! The mail is an inquiry.' })],
  ['half a JSON', 'bad_answer', parts({ text: words.slice(0, -4) })],
  ['an open fence', 'bad_answer', parts({ text: `\`\`\`json\n${words}` })],
  ['thoughts only', 'bad_answer', parts({ text: words, thought: true })],
  ['5 MB of text', 'bad_answer', parts({ text: JSON.stringify({ reason: 'a'.repeat(5_000_000) }) })],
  ['a broken tool call', 'bad_answer', candidate({ ...stop, finishReason: 'MALFORMED_FUNCTION_CALL' })],
  ['safety', 'refused', candidate({ finishReason: 'SAFETY' })],
  ['safety beside a text', 'refused', candidate({ ...stop, finishReason: 'SAFETY' })],
  ['recitation', 'refused', candidate({ finishReason: 'RECITATION' })],
  ['forbidden content', 'refused', candidate({ finishReason: 'PROHIBITED_CONTENT' })],
  ['a blocked prompt', 'refused', json({ promptFeedback: { blockReason: 'SAFETY' } })],
  ['too few tokens', 'truncated', candidate({ ...stop, finishReason: 'MAX_TOKENS' })],
  ['no token left for a word', 'truncated', candidate({ finishReason: 'MAX_TOKENS', content: { role: 'model' } })],
])('%s is a failure of its kind: %s', async (_what, kind, behaviour) => {
  expect(await failureOf(behaviour)).toMatchObject({ vendor: 'gemini', kind })
})

test('the vendor’s own error stays at hand as the cause, and the key is in no message', async () => {
  const error = await failureOf(failing(403, 'PERMISSION_DENIED'))
  expect(error.cause).toMatchObject({ status: 403 })
  expect(error.message + String(error.cause)).not.toContain('test-key')
})

describe('the time to try again', () => {
  const info = (retryDelay: unknown) =>
    failing(429, 'RESOURCE_EXHAUSTED', [
      { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [] },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay },
    ])

  test('is read from RetryInfo', async () => {
    const before = Date.now()
    const { retryAt } = await failureOf(info('34.5s'))
    expect(retryAt?.getTime()).toBeGreaterThanOrEqual(before + 34_500)
    expect(retryAt?.getTime()).toBeLessThanOrEqual(Date.now() + 34_500)
  })

  test('is a day at most', async () => {
    expect((await failureOf(info('999999999s'))).retryAt?.getTime()).toBeLessThanOrEqual(Date.now() + 86_400_000)
  })

  test.each([['soon'], [12], ['-4s'], [null]])('is unknown where Gemini says %j', async (delay) => {
    expect(await failureOf(info(delay))).toMatchObject({ kind: 'rate_limited', retryAt: undefined })
  })
})

expectDeadlines(gemini, request, { answers: parts({ text: words }), fails: failing(503, 'UNAVAILABLE') })
