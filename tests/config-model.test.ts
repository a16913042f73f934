import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { parseConfig } from '../server/config.ts'

const secrets = {
  JWT_SECRET_KEY: randomBytes(32).toString('base64'),
  ENCRYPTION_KEY: randomBytes(32).toString('base64'),
}
const server = { MODEL_PROVIDER: 'openai', OPENAI_BASE_URL: 'http://localhost:11434/v1', OPENAI_MODEL: 'large' }

const read = (environment: Record<string, string>) => parseConfig({ ...secrets, ...environment })
const modelOf = (environment: Record<string, string>) => read(environment).model

test('mail is sorted by the model that drafts, unless a cheaper one is named', () => {
  const model = (names: Record<string, string>) => modelOf({ GEMINI_API_KEY: 'a-key', ...names })
  expect(model({ GEMINI_MODEL: 'large' })).toMatchObject({ model: 'large', classifyModel: 'large' })
  expect(model({ GEMINI_CLASSIFY_MODEL: 'small' })).toMatchObject({
    model: 'gemini-3.5-flash-lite',
    classifyModel: 'small',
  })
})

test('a server that speaks OpenAI’s HTTP is the model where it is asked for, with or without a key', () => {
  expect(modelOf({ ...server, GEMINI_API_KEY: 'another', OPENAI_BASE_URL: 'http://localhost:11434/v1/' })).toEqual({
    provider: 'openai',
    baseUrl: 'http://localhost:11434/v1',
    apiKey: null,
    model: 'large',
    classifyModel: 'large',
    embeddingModel: null,
  })
  const names = { OPENAI_CLASSIFY_MODEL: 'small', OPENAI_EMBEDDING_MODEL: 'words' }
  expect(modelOf({ ...server, ...names, OPENAI_BASE_URL: '', OPENAI_API_KEY: 'a-key' })).toMatchObject({
    baseUrl: 'https://api.openai.com/v1',
    apiKey: 'a-key',
    classifyModel: 'small',
    embeddingModel: 'words',
  })
})

test('production starts on such a server, without any key', () => {
  const production = {
    APP_ENV: 'production',
    DATABASE_URL: 'postgresql://u:p@db/reasonflow',
    FRONTEND_URL: 'https://desk.example',
    CORS_ORIGINS: '["https://desk.example"]',
  }
  expect(read({ ...production, ...server })).toMatchObject({ warnings: [], model: { provider: 'openai' } })
})

test.each<[string, Record<string, string>, RegExp]>([
  ['without a model', { OPENAI_MODEL: '' }, /MODEL_PROVIDER=openai needs OPENAI_MODEL\./],
  ['of OpenAI without a key', { OPENAI_BASE_URL: '' }, /needs OPENAI_BASE_URL .* or OPENAI_API_KEY/],
  ['with a password in its address', { OPENAI_BASE_URL: 'http://me:pw@localhost/v1' }, /OPENAI_BASE_URL: holds a name/],
  ['whose address is none', { OPENAI_BASE_URL: 'localhost:8080' }, /OPENAI_BASE_URL: /],
])('a server %s is refused', (_what, environment, line) => {
  expect(() => read({ ...server, ...environment })).toThrow(line)
})

test('what has no effect on such a server, or is not used, is told', () => {
  expect(read({ ...server, MODEL_BUDGET_PER_DAY: '3' }).warnings).toEqual([
    expect.stringMatching(/^MODEL_BUDGET_PER_DAY bounds nothing/),
  ])
  expect(read({ OPENAI_MODEL: 'large' }).warnings).toEqual([expect.stringMatching(/^OPENAI_MODEL is not used/)])
})
