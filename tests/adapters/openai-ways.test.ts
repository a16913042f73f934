import { expect, test } from 'vitest'
import { createOpenAi } from '../../server/adapters/openai/openai.ts'
import type { ModelRequest } from '../../server/model-question.ts'
import { type Behaviour, type ModelHttpRequest, startModelServer } from '../support/model-server.ts'
import { refusing, saying } from '../support/openai-server.ts'

const request: ModelRequest = {
  system: 'You sort mail.',
  prompt: 'What does the lamp cost?',
  facts: {
    task: 'classify',
    mail: { subject: '', from: { name: '', address: '' }, text: '', receivedAt: '', quoted: '', isReply: false },
  },
  schema: { type: 'object', properties: { intent: { type: 'string' } } },
  maxOutputTokens: 700,
}
const good = saying('{"intent":"inquiry"}')
const prose = saying('It is an inquiry.')
const never = new AbortController().signal

function openai(baseUrl: string) {
  const names = { model: 'large', classifyModel: 'large', embeddingModel: null }
  return createOpenAi({ provider: 'openai', apiKey: null, ...names, baseUrl }).model
}

const formOf = ({ body }: ModelHttpRequest): string => body.response_format?.type ?? 'none'

/** Refuses every request of which this holds. */
function refusingIf(isRefused: (request: ModelHttpRequest) => boolean, message: string, status = 400): Behaviour {
  return (...call) => (isRefused(call[0]) ? refusing(status, message) : good)(...call)
}

test.each([
  [400, "'response_format.type' must be 'json_object' or 'text'"],
  [400, "Invalid schema for response_format 'classify': 'maxItems' is not permitted."],
  [422, 'json_schema: extra fields not permitted'],
  [500, 'failed to parse grammar'],
])(
  'where a schema is refused (%d, %s) JSON is asked for with the schema in the prompt, from then on',
  async (status, message) => {
    await using server = await startModelServer(refusingIf((one) => formOf(one) === 'json_schema', message, status))
    const model = openai(server.baseUrl)
    expect((await model.answer(request, never)).json).toEqual({ intent: 'inquiry' })
    await model.answer(request, never)
    expect(server.requests.map(formOf)).toEqual(['json_schema', 'json_object', 'json_object'])
    expect(server.requests[1]?.body.messages[0].content).toBe(
      'You sort mail.\n\nAnswer with one JSON object and nothing else. It fits this JSON Schema: ' +
        '{"type":"object","properties":{"intent":{"type":"string"}},"required":["intent"],"additionalProperties":false}',
    )
  },
)

test('a server that knows no response_format at all is asked without', async () => {
  await using server = await startModelServer(refusingIf((one) => formOf(one) !== 'none', 'response_format is unknown'))
  const model = openai(server.baseUrl)
  await model.answer(request, never)
  await model.answer(request, never)
  expect(server.requests.map(formOf)).toEqual(['json_schema', 'json_object', 'none', 'none'])
})

test('a refusal that stays is one, and not asked for ever', async () => {
  await using server = await startModelServer(refusing(400, 'response_format and max_completion_tokens displease me'))
  const model = openai(server.baseUrl)
  await expect(model.answer(request, never)).rejects.toMatchObject({ kind: 'rejected' })
  expect(server.requests.length).toBeLessThanOrEqual(5)
})

test('a model that wants its limit under the newer name gets it there', async () => {
  const message = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
  await using server = await startModelServer(refusingIf(({ body }) => 'max_tokens' in body, message))
  const model = openai(server.baseUrl)
  await model.answer(request, never)
  expect(server.requests[1]?.body).toMatchObject({
    max_completion_tokens: 700,
    response_format: { type: 'json_schema' },
  })
})

test('a model whose template knows no system gets all of it from the user', async () => {
  const isWithSystem = ({ body }: ModelHttpRequest) => body.messages[0].role === 'system'
  await using server = await startModelServer(refusingIf(isWithSystem, 'System role not supported'))
  await openai(server.baseUrl).answer(request, never)
  expect(server.requests[1]?.body.messages).toEqual([
    { role: 'user', content: 'You sort mail.\n\nWhat does the lamp cost?' },
  ])
})

test('a server that takes a schema and answers prose is asked less strictly the next time: the answer was paid for', async () => {
  await using server = await startModelServer(prose)
  const model = openai(server.baseUrl)
  for (let asked = 0; asked < 4; asked++) {
    await expect(model.answer(request, never)).rejects.toMatchObject({ kind: 'bad_answer' })
  }
  expect(server.requests.map(formOf)).toEqual(['json_schema', 'json_object', 'none', 'none'])
  server.behave(good)
  expect((await model.answer(request, never)).json).toEqual({ intent: 'inquiry' })
})

test('one that has given JSON may stumble once, and is asked as before', async () => {
  await using server = await startModelServer(good)
  const model = openai(server.baseUrl)
  await model.answer(request, never)
  server.behave(prose)
  await expect(model.answer(request, never)).rejects.toMatchObject({ kind: 'bad_answer' })
  server.behave(good)
  await model.answer(request, never)
  expect(server.requests.map(formOf)).toEqual(['json_schema', 'json_schema', 'json_schema'])
})

test('calls at the same time learn one thing together', async () => {
  await using server = await startModelServer(refusingIf((one) => formOf(one) === 'json_schema', 'response_format: no'))
  const model = openai(server.baseUrl)
  await Promise.all(Array.from({ length: 5 }, () => model.answer(request, never)))
  expect(server.requests.map(formOf).filter((form) => form === 'none')).toEqual([])
})
