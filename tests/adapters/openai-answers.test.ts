import { inspect } from 'node:util'
import { LLMock } from '@copilotkit/aimock'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createOpenAi } from '../../server/adapters/openai/openai.ts'
import { UpstreamError, type UpstreamKind } from '../../server/errors.ts'
import type { ModelRequest } from '../../server/model-question.ts'
import { expectDeadlines } from '../support/model-deadlines.ts'
import { type Behaviour, hang, json, raw, reset, resetMidBody, startModelServer } from '../support/model-server.ts'
import { choice, limiting, refusing, saying } from '../support/openai-server.ts'

const verdict = { intent: 'inquiry', confidence: 0.8, reason: 'It asks for a price.' }
const words = JSON.stringify(verdict)
const mail = {
  subject: '',
  from: { name: '', address: 'a@example.com' },
  text: '',
  receivedAt: '2026-03-03T09:00:00.000Z',
  quoted: '',
  isReply: false,
}
const request: ModelRequest = {
  system: 'You sort mail.',
  prompt: 'What does the lamp cost?',
  facts: { task: 'classify', mail },
  schema: z.toJSONSchema(
    z.object({
      intent: z.enum(['inquiry', 'spam']),
      confidence: z.number().min(0).max(1),
      asks: z.array(z.string().max(200)).max(8),
      note: z.string().nullable(),
      when: z.iso.datetime(),
    }),
  ),
  maxOutputTokens: 700,
}
const never = new AbortController().signal

function openai(baseUrl: string, options?: Parameters<typeof createOpenAi>[1]) {
  const names = { model: 'large', classifyModel: 'small', embeddingModel: null }
  return createOpenAi({ provider: 'openai', apiKey: 'test-key', ...names, baseUrl: `${baseUrl}/v1` }, options).model
}

async function answerOf(behaviour: Behaviour, options?: Parameters<typeof createOpenAi>[1]) {
  await using server = await startModelServer(behaviour)
  return await openai(server.baseUrl, options).answer(request, never)
}

async function failureOf(behaviour: Behaviour, options?: Parameters<typeof createOpenAi>[1]): Promise<UpstreamError> {
  const error: unknown = await answerOf(behaviour, options).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(UpstreamError)
  return error as UpstreamError
}

test('a question is asked as the wire format wants it, in a schema that strict servers take', async () => {
  await using server = await startModelServer(saying(words))
  await openai(server.baseUrl).answer(request, never)
  const [sent] = server.requests
  expect(sent?.path).toBe('/v1/chat/completions')
  expect(sent?.headers['authorization']).toBe('Bearer test-key')
  expect(sent?.body).toEqual({
    model: 'small',
    messages: [
      { role: 'system', content: 'You sort mail.' },
      { role: 'user', content: 'What does the lamp cost?' },
    ],
    max_tokens: 700,
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: 'classify',
        strict: true,
        schema: {
          type: 'object',
          additionalProperties: false,
          required: ['intent', 'confidence', 'asks', 'note', 'when'],
          properties: {
            intent: { type: 'string', enum: ['inquiry', 'spam'] },
            confidence: { type: 'number', minimum: 0, maximum: 1 },
            asks: { type: 'array', maxItems: 8, items: { type: 'string' } },
            note: { type: ['string', 'null'] },
            when: { type: 'string' },
          },
        },
      },
    },
  })
})

test('the answer of a strict emulator comes back with its tokens', async () => {
  const mock = new LLMock({ port: 0, strict: true })
  mock.on(
    { userMessage: 'What does the lamp cost?', systemMessage: 'You sort mail.', model: 'small' },
    { content: words, usage: { prompt_tokens: 12, completion_tokens: 4 } },
  )
  const baseUrl = await mock.start()
  try {
    const answer = await openai(baseUrl).answer(request, never)
    expect(answer).toEqual({ json: verdict, model: 'small', inputTokens: 12, outputTokens: 4, cost: 0 })
    const unmatched = openai(baseUrl).answer({ ...request, prompt: 'Anything else?' }, never)
    await expect(unmatched).rejects.toBeInstanceOf(UpstreamError)
  } finally {
    await mock.stop()
  }
})

test('a server without a key is asked without one', async () => {
  await using server = await startModelServer(saying(words))
  const names = { model: 'large', classifyModel: 'large', embeddingModel: null }
  const { model } = createOpenAi({ provider: 'openai', apiKey: null, ...names, baseUrl: server.baseUrl })
  await model.answer(request, never)
  expect(server.requests[0]?.headers).not.toHaveProperty('authorization')
})

test('mail is sorted by the model that is named for it, and what one costs nobody claims to know', async () => {
  await using server = await startModelServer(saying(words))
  const model = openai(server.baseUrl)
  expect([model.ids, model.prices]).toEqual([{ classify: 'small', generate: 'large' }, undefined])
  const rest = { earlier: [], intent: '', language: 'en', owner: { name: '', tone: '' }, context: [], slots: [] }
  const drafted = await model.answer({ ...request, facts: { task: 'generate', mail, ...rest } }, never)
  expect(drafted).toEqual({ json: verdict, model: 'large', inputTokens: 200, outputTokens: 40, cost: 0 })
  expect(server.requests[0]?.body.model).toBe('large')
})

const bare = { choices: [{ message: { content: words } }] }

test.each<[string, object]>([
  ['no usage', bare],
  ['null', { ...bare, usage: null }],
  ['words', { ...bare, usage: { prompt_tokens: 'many' } }],
])('a server that tells %s of its tokens counts none', async (_what, body) => {
  expect(await answerOf(json(body))).toMatchObject({ json: verdict, inputTokens: 0, outputTokens: 0 })
})

test.each<[string, string]>([
  ['bare', words],
  ['in a fence', `\`\`\`json\n${words}\n\`\`\`\n`],
  ['in a fence without a name', `\`\`\`\n${words}\n\`\`\``],
  ['behind thoughts', `<think>\nIs {this} spam?\n</think>\n\n${words}`],
  ['within a sentence', `Sure, here it is:\n\`\`\`json\n${words}\n\`\`\`\nAnything else?`],
])('an answer %s is read', async (_where, text) => {
  expect((await answerOf(saying(text))).json).toEqual(verdict)
})

test.each<[string, UpstreamKind, Behaviour]>([
  ['a bad request', 'rejected', refusing(400)],
  ['a request without effect', 'rejected', refusing(422)],
  ['an unknown model', 'rejected', refusing(404, 'model "small" not found, try pulling it first')],
  ['a redirect', 'rejected', (_request, response) => response.writeHead(307, { location: '/elsewhere' }).end()],
  ['too many requests', 'rate_limited', refusing(429)],
  ['an inner error', 'unavailable', refusing(500)],
  ['a bad gateway with HTML', 'unavailable', raw('<h1>Bad gateway</h1>', 502, 'text/html')],
  ['a model that is still loaded', 'unavailable', refusing(503, 'Loading model')],
  ['a deadline of theirs', 'unavailable', refusing(504)],
  ['a failure within a success', 'unavailable', json({ error: { code: 502, message: 'Provider returned error' } })],
  ['a reset before the answer', 'unavailable', reset],
  ['a reset within the answer', 'unavailable', resetMidBody],
  ['a truncated body', 'unavailable', raw('{"choices":[{"mess')],
  ['a page instead of an answer', 'unavailable', raw('<html>Welcome to the hotel</html>', 200, 'text/html')],
  ['an empty body', 'unavailable', raw('')],
  ['25 MB', 'bad_answer', raw('a'.repeat(25_000_000))],
  ['null', 'bad_answer', raw('null')],
  ['a list', 'bad_answer', raw('[]')],
  ['no choice', 'bad_answer', json({ choices: [] })],
  ['choices of another shape', 'bad_answer', json({ choices: { message: 3 } })],
  ['no content', 'bad_answer', saying(null)],
  ['an empty content', 'bad_answer', saying('')],
  ['prose', 'bad_answer', saying('Sure! The mail is an inquiry.')],
  ['half a JSON', 'bad_answer', saying(words.slice(0, -4))],
  ['a number beyond JSON', 'bad_answer', saying('{"confidence":NaN}')],
  ['5 MB of text', 'bad_answer', saying(JSON.stringify({ reason: 'a'.repeat(5_000_000) }))],
  ['a tool call', 'bad_answer', choice({ message: { content: null }, finish_reason: 'tool_calls' })],
  ['a filter', 'refused', choice({ message: { content: words }, finish_reason: 'content_filter' })],
  ['a refusal', 'refused', choice({ message: { content: null, refusal: 'I cannot.' }, finish_reason: 'stop' })],
  ['a filtered prompt', 'refused', refusing(400, 'The response was filtered', 'content_filter')],
  ['too few tokens', 'truncated', saying(words, { finish_reason: 'length' })],
  ['no token left for a word', 'truncated', saying(null, { finish_reason: 'length' })],
])('%s is a failure of its kind: %s', async (_what, kind, behaviour) => {
  expect(await failureOf(behaviour)).toMatchObject({ vendor: 'openai', kind })
})

test.each<[string, Behaviour, RegExp]>([
  ['a wrong key', refusing(401, 'Incorrect API key provided: test-key.'), /look at OPENAI_API_KEY/],
  ['a key without leave', refusing(403), /look at OPENAI_API_KEY/],
  ['an unknown model', refusing(404, 'The model `small` does not exist.'), /no model small .*OPENAI_CLASSIFY_MODEL/],
  ['a wrong path', raw('404 page not found', 404, 'text/plain'), /look at OPENAI_BASE_URL, which mostly ends in \/v1/],
  ['a redirect', (_request, response) => response.writeHead(301).end(), /look at OPENAI_BASE_URL/],
])('%s is told with the variable to look at, and the key is in no words', async (_what, behaviour, sentence) => {
  const error = await failureOf(behaviour)
  expect(error.message).toMatch(sentence)
  expect(`${error.message} ${String(error.cause)}`).not.toContain('test-key')
})

test('a server that is down is unavailable, and the reason of the system is told', async () => {
  const { baseUrl } = await startModelServer(hang).then(async (server) => {
    await server[Symbol.asyncDispose]()
    return server
  })
  await expect(openai(baseUrl).answer(request, never)).rejects.toMatchObject({
    kind: 'unavailable',
    message: expect.stringContaining('ECONNREFUSED') as string,
  })
})

test.each([
  ['at length', json({ detail: [{ msg: 'Field required', input: 'What does the lamp cost? '.repeat(20) }] }, 422)],
  ['in short', refusing(400, 'Cannot answer "What does the lamp cost?"')],
])('what a server repeats of a prompt, %s, gets into no error', async (_how, echo) => {
  expect(inspect(await failureOf(echo), { depth: 9, showHidden: true })).not.toContain('lamp')
})

describe('the time to try again', () => {
  test.each([
    ['seconds', () => '34'],
    ['a date', () => new Date(Date.now() + 35_000).toUTCString()],
  ])('is read from Retry-After as %s', async (_what, value) => {
    const before = Date.now()
    const { retryAt, kind } = await failureOf(limiting(value()))
    expect(kind).toBe('rate_limited')
    expect(retryAt?.getTime()).toBeGreaterThanOrEqual(before + 33_000)
    expect(retryAt?.getTime()).toBeLessThanOrEqual(Date.now() + 35_000)
  })

  test('is a day at most', async () => {
    expect((await failureOf(limiting('999999999'))).retryAt?.getTime()).toBeLessThanOrEqual(Date.now() + 86_400_000)
  })

  test('is unknown where the server says something else', async () => {
    expect(await failureOf(limiting('soon'))).toMatchObject({ kind: 'rate_limited', retryAt: undefined })
  })
})

expectDeadlines(openai, request, { answers: saying(words), fails: refusing(503) })
