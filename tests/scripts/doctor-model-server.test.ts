import { expect, test } from 'vitest'
import { toTable } from '../../server/scripts/doctor/findings.ts'
import { examineModelServer } from '../../server/scripts/doctor/model-server.ts'
import { type Behaviour, json, startModelServer } from '../support/model-server.ts'
import { embeddings, refusing, saying } from '../support/openai-server.ts'
import { newSettings, runScript } from './script.ts'

const good = saying('{"ok":true}')
const names = {
  provider: 'openai',
  apiKey: null,
  model: 'large',
  classifyModel: 'large',
  embeddingModel: null,
} as const

/** What the doctor says of a server that behaves so, and how often it asked. */
async function examine(behaviour: Behaviour, more: { embeddingModel?: string; baseUrl?: string } = {}) {
  await using server = await startModelServer(behaviour)
  const findings = await examineModelServer({ ...names, baseUrl: `${server.baseUrl}/v1`, ...more })
  return { text: toTable(findings).replaceAll(server.baseUrl, 'http://server'), asked: server.requests.length }
}

test('the doctor asks each model of the environment, and one for vectors as well', async () => {
  using settings = newSettings()
  await using server = await startModelServer((...call) =>
    (call[0].path.endsWith('/embeddings') ? embeddings(() => Array<number>(1_024).fill(1)) : good)(...call),
  )
  const env = {
    ...settings.env,
    DATABASE_URL: 'postgresql://postgres@127.0.0.1:1/reasonflow',
    MODEL_PROVIDER: 'openai',
    OPENAI_BASE_URL: `${server.baseUrl}/v1`,
    OPENAI_API_KEY: 'a-key',
    OPENAI_MODEL: 'large',
    OPENAI_CLASSIFY_MODEL: 'small',
    OPENAI_EMBEDDING_MODEL: 'words',
  }
  const { lines } = await runScript('doctor', { env })
  expect(lines.filter((line) => /^\w+ +model /.test(line))).toEqual(
    ['large', 'small', 'words'].map((name) => `ok       model          ${name} answers at ${server.baseUrl}/v1`),
  )
  expect(lines.join('\n')).toContain('OPENAI_API_KEY from the environment')
  expect(server.requests).toHaveLength(3)
})

test('without a model for vectors it says what stands in for it', async () => {
  const { text } = await examine(good)
  expect(text).toMatch(
    /^warning +embeddings +related mail is found by the spelling of its words.*\n +-> set OPENAI_EMBEDDING_MODEL$/m,
  )
})

test('a server that knows no JSON but what is asked for in the prompt answers, after some tries', async () => {
  const { text, asked } = await examine((...call) =>
    ('response_format' in call[0].body ? saying('Gladly: it is true.') : good)(...call),
  )
  expect(text).toMatch(/^ok +model +large answers/m)
  expect(asked).toBe(3)
})

test.each<[string, Behaviour, RegExp]>([
  [
    'refuses the key',
    refusing(401, 'Invalid API key'),
    /^problem +model +large: The model server does not take the key \(401\): look at OPENAI_API_KEY\. It said: .*Invalid API key\n +-> .*curl http:\/\/server\/v1\/models$/m,
  ],
  [
    'does not have the model',
    refusing(404, 'model "large" not found, try pulling it first'),
    /^problem +model +large: The model server has no model large \(404\): look at OPENAI_MODEL\. It said: .*try pulling it first$/m,
  ],
  [
    'gives a page',
    (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    /^warning +model +large: The model server answered something other than JSON \(text\/html\)\.\n +-> .*OPENAI_BASE_URL/m,
  ],
  ['talks', saying('It is true.'), /^warning +model +large: The model answered no JSON\.\n +-> try another model/m],
])('a server that %s is told of, with what to do', async (_what, behaviour, lines) => {
  expect((await examine(behaviour)).text).toMatch(lines)
})

test('a server that is not there is told of, with where it was looked for', async () => {
  const { text } = await examine(json({}), { baseUrl: 'http://127.0.0.1:1/v1' })
  expect(text).toMatch(
    /^warning +model +large: The model server could not be reached .*\n +-> start it, or correct OPENAI_BASE_URL/m,
  )
})

test('a model whose vectors are too short is a problem', async () => {
  const short: Behaviour = (...call) =>
    (call[0].path.endsWith('/embeddings') ? embeddings(() => Array<number>(384).fill(1)) : good)(...call)
  const { text } = await examine(short, { embeddingModel: 'words' })
  expect(text).toMatch(
    /^problem +model +words: words gives vectors of 384 numbers, and 768 are needed: .*OPENAI_EMBEDDING_MODEL\./m,
  )
})
