import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { expect, test } from 'vitest'
import { parseConfig, readConfig } from '../server/config.ts'
import { ConfigError } from '../server/errors.ts'
import { Environment } from '../server/environment.ts'
import { newFolder } from './support/child.ts'

const example = readFileSync(join(import.meta.dirname, '../.env.example'), 'utf8')
const secrets = {
  JWT_SECRET_KEY: randomBytes(32).toString('base64'),
  ENCRYPTION_KEY: randomBytes(32).toString('base64'),
}
const gmail = { GMAIL_CLIENT_ID: 'id', GMAIL_CLIENT_SECRET: 'secret' }
const push = {
  GMAIL_PUBSUB_TOPIC: 'projects/reasonflow/topics/gmail',
  GMAIL_PUSH_AUDIENCE: 'https://reasonflow.example/api/v1/gmail/push',
  GMAIL_PUSH_SERVICE_ACCOUNT: 'push@reasonflow.iam.gserviceaccount.com',
}
const production = {
  ...secrets,
  APP_ENV: 'production',
  DATABASE_URL: 'postgresql://app:secret@db:5432/reasonflow',
  GEMINI_API_KEY: 'a-key',
  FRONTEND_URL: 'https://desk.example',
}

test('the example names every variable that is read, and no other', () => {
  const named = [...example.matchAll(/^(?:# )?([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1] ?? '')
  expect(sorted(named)).toEqual(sorted(Object.keys(Environment.shape)))
})

test('what the example sets is what holds without it, but for more log lines', () => {
  const fromExample = parseConfig({ ...parseEnv(example), ...secrets })
  expect(fromExample).toEqual({ ...parseConfig(secrets), log: { level: 'debug', pretty: true } })
  expect(fromExample.database.kind).toBe('embedded')
  expect(fromExample.model.provider).toBe('offline')
  expect(fromExample.google).toBeNull()
})

test('an example copied by hand does not start: its secrets are placeholders', () => {
  expect(problemsOf(parseEnv(example))).toEqual([
    expect.stringMatching(/^JWT_SECRET_KEY: still holds the placeholder of the example; make env/),
    expect.stringMatching(/^ENCRYPTION_KEY: still holds the placeholder of the example; make env/),
  ])
})

const refused: [string, Record<string, string>, RegExp][] = [
  ['a missing signing secret', { JWT_SECRET_KEY: '' }, /^JWT_SECRET_KEY: is required/],
  ['a blank signing secret', { JWT_SECRET_KEY: '   ' }, /^JWT_SECRET_KEY: is required/],
  ['a short signing secret', { JWT_SECRET_KEY: 'k3y-of-16-letter' }, /^JWT_SECRET_KEY: must be 32 or more random/],
  ['a monotonous signing secret', { JWT_SECRET_KEY: 'a'.repeat(64) }, /^JWT_SECRET_KEY: must be 32 or more random/],
  ['a placeholder as signing secret', { JWT_SECRET_KEY: `your-${'x'.repeat(40)}` }, /^JWT_SECRET_KEY: still holds/],
  ['a missing encryption key', { ENCRYPTION_KEY: '' }, /^ENCRYPTION_KEY: is required/],
  [
    'an encryption key of 16 bytes',
    { ENCRYPTION_KEY: base64(16) },
    /^ENCRYPTION_KEY: each key must be 32 random bytes/,
  ],
  ['a ring with one short key', { ENCRYPTION_KEY: `${base64(32)},${base64(31)}` }, /^ENCRYPTION_KEY: each key must/],
  ['a ring that ends in a comma', { ENCRYPTION_KEY: `${base64(32)},` }, /^ENCRYPTION_KEY: each key must/],
  ['an encryption key of zeros', { ENCRYPTION_KEY: 'A'.repeat(43) + '=' }, /^ENCRYPTION_KEY: each key must/],
  ['one secret for both', { JWT_SECRET_KEY: secrets.ENCRYPTION_KEY }, /^JWT_SECRET_KEY and ENCRYPTION_KEY must differ/],
  ['an unsigned token algorithm', { JWT_ALGORITHM: 'none' }, /^JWT_ALGORITHM: .*HS256/],
  ['an asymmetric token algorithm', { JWT_ALGORITHM: 'RS256' }, /^JWT_ALGORITHM: .*HS256/],
  ['tokens that live for days', { JWT_EXPIRATION_MINUTES: '10080' }, /^JWT_EXPIRATION_MINUTES: /],
  ['origins that are no JSON', { CORS_ORIGINS: 'http://localhost:3000' }, /^CORS_ORIGINS: must be a JSON list/],
  ['origins that are no list', { CORS_ORIGINS: '"http://localhost:3000"' }, /^CORS_ORIGINS: /],
  ['an origin with a path', { CORS_ORIGINS: '["http://localhost:3000/"]' }, /^CORS_ORIGINS.0: an origin looks like/],
  ['any origin', { CORS_ORIGINS: '["*"]' }, /^CORS_ORIGINS.0: an origin looks like/],
  ['an origin that is no address', { CORS_ORIGINS: '["nonsense"]' }, /^CORS_ORIGINS.0: an origin looks like/],
  ['a frontend that is a script', { FRONTEND_URL: 'javascript:alert(1)' }, /^FRONTEND_URL: /],
  ['another database', { DATABASE_URL: 'mysql://root@localhost/x' }, /^DATABASE_URL: must look like postgresql:/],
  ['a port that is none', { PORT: '70000' }, /^PORT: /],
  ['a debug switch in between', { APP_DEBUG: 'perhaps' }, /^APP_DEBUG: /],
  ['an unknown environment', { APP_ENV: 'staging' }, /^APP_ENV: /],
  ['an unknown role', { ROLES: 'api,worker,web' }, /^ROLES.2: /],
  ['half of the work on the embedded database', { ROLES: 'api' }, /^The embedded database needs ROLES=api,worker/],
  ['one role twice on the embedded database', { ROLES: 'api,api' }, /^The embedded database needs ROLES=api,worker/],
  ['trust in any proxy', { TRUST_PROXY: 'true' }, /^TRUST_PROXY: /],
  ['a short metrics token', { METRICS_TOKEN: 'short' }, /^METRICS_TOKEN: /],
  ['a lone Gmail client id', { GMAIL_CLIENT_ID: 'id' }, /^GMAIL_CLIENT_ID and GMAIL_CLIENT_SECRET are needed together/],
  ['a lone Gmail client secret', { GMAIL_CLIENT_SECRET: 's' }, /^GMAIL_CLIENT_ID and GMAIL_CLIENT_SECRET are needed/],
  [
    'half of a push',
    { ...gmail, GMAIL_PUBSUB_TOPIC: push.GMAIL_PUBSUB_TOPIC },
    /^Push needs all .* missing: GMAIL_PUSH_AUDIENCE, GMAIL_PUSH_SERVICE_ACCOUNT/,
  ],
  ['push without Gmail', push, /^Push needs GMAIL_CLIENT_ID/],
  [
    'a topic without its project',
    { ...gmail, ...push, GMAIL_PUBSUB_TOPIC: 'gmail' },
    /^GMAIL_PUBSUB_TOPIC: looks like/,
  ],
  [
    'a person as service account',
    { ...gmail, ...push, GMAIL_PUSH_SERVICE_ACCOUNT: 'mara@lindqvist.example' },
    /^GMAIL_PUSH_SERVICE_ACCOUNT: looks like/,
  ],
  ['an audience with a blank', { ...gmail, ...push, GMAIL_PUSH_AUDIENCE: 'our own server' }, /^GMAIL_PUSH_AUDIENCE: /],
  ['Gemini without a key', { MODEL_PROVIDER: 'gemini' }, /^MODEL_PROVIDER=gemini needs GEMINI_API_KEY/],
  [
    'a file that is not there',
    { JWT_SECRET_KEY_FILE: '/no/such/file' },
    /^JWT_SECRET_KEY_FILE: there is no \/no\/such/,
  ],
  [
    'a file that cannot be read',
    { JWT_SECRET_KEY_FILE: '/' },
    /^JWT_SECRET_KEY_FILE: \/ is there, but uid \d+ may not/,
  ],
  [
    'production without a database',
    { ...production, DATABASE_URL: '' },
    /^DATABASE_URL \(or DATABASE_HOST\) is required/,
  ],
  [
    'a password that is no part of an address',
    { DATABASE_URL: 'postgresql://postgres:p@ss/w%rd@db:5432/reasonflow' },
    /^DATABASE_URL: holds characters that a URL needs escaped; give DATABASE_HOST/,
  ],
  [
    'a database named twice',
    { DATABASE_URL: production.DATABASE_URL, DATABASE_HOST: 'db' },
    /^DATABASE_URL and DATABASE_HOST are two ways/,
  ],
  ['production without a model', { ...production, GEMINI_API_KEY: '' }, /^GEMINI_API_KEY is required in production/],
  [
    'production with a placeholder',
    { ...production, GMAIL_CLIENT_ID: 'your-gmail-client-id', GMAIL_CLIENT_SECRET: 'a-secret' },
    /^GMAIL_CLIENT_ID still holds the placeholder/,
  ],
]

test.each(refused)('%s is refused, in one line that names it', (_what, environment, line) => {
  expect(problemsOf({ ...secrets, ...environment })).toEqual([expect.stringMatching(line)])
})

test('everything that is wrong is told at once, whatever its kind', () => {
  const environment = {
    APP_ENV: 'production',
    JWT_SECRET_KEY: 'short',
    ENCRYPTION_KEY: base64(16),
    CORS_ORIGINS: 'x',
    GMAIL_CLIENT_ID: 'your-gmail-client-id',
    PORT_FILE: '/no/such/file',
  }
  const names = problemsOf(environment).map((line) => /^[A-Z_]+/.exec(line)?.[0] ?? '')
  expect(sorted(names)).toEqual([
    'CORS_ORIGINS',
    'DATABASE_URL',
    'ENCRYPTION_KEY',
    'GEMINI_API_KEY',
    'GMAIL_CLIENT_ID',
    'GMAIL_CLIENT_ID',
    'JWT_SECRET_KEY',
    'PORT_FILE',
  ])
  expect(messageOf(environment).split('\n')).toHaveLength(names.length + 1)
})

test('no problem repeats a secret', () => {
  const secret = 'hunter2-hunter2'
  const text = messageOf({ JWT_SECRET_KEY: secret, ENCRYPTION_KEY: secret, DATABASE_URL: `mysql://u:${secret}@h/x` })
  expect(text).not.toContain(secret)
})

test('the placeholders of the original count as not set in development, each with one warning', () => {
  const config = parseConfig({
    ...secrets,
    GEMINI_API_KEY: 'your-gemini-api-key-here',
    GMAIL_CLIENT_ID: 'your-gmail-client-id',
    GMAIL_CLIENT_SECRET: 'your-gmail-client-secret',
  })
  expect(config.google).toBeNull()
  expect(config.model).toEqual({ provider: 'offline' })
  expect(sorted(config.warnings.map((warning) => warning.replace(/ .*/, '')))).toEqual([
    'GEMINI_API_KEY',
    'GMAIL_CLIENT_ID',
    'GMAIL_CLIENT_SECRET',
  ])
})

test('push is one thing: topic, audience and service account together, or none of it', () => {
  expect(parseConfig({ ...secrets, ...gmail }).push).toBeNull()
  expect(parseConfig({ ...secrets, ...gmail, ...push }).push).toEqual({
    topic: push.GMAIL_PUBSUB_TOPIC,
    audience: push.GMAIL_PUSH_AUDIENCE,
    serviceAccount: push.GMAIL_PUSH_SERVICE_ACCOUNT,
  })
})

test("the original's database address is read as PostgreSQL's own", () => {
  const { database } = parseConfig({ ...secrets, DATABASE_URL: 'postgresql+asyncpg://postgres:p@localhost:5432/r' })
  expect(database).toMatchObject({ kind: 'native', url: 'postgresql://postgres:p@localhost:5432/r' })
})

test('every variable may come from a file, which goes before the variable and loses its last line break', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reasonflow-config-'))
  try {
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    }
    const config = parseConfig({
      ENCRYPTION_KEY: secrets.ENCRYPTION_KEY,
      JWT_SECRET_KEY: 'another',
      JWT_SECRET_KEY_FILE: file('jwt', `${secrets.JWT_SECRET_KEY}\n`),
      PORT_FILE: file('port', '9000\n'),
      GEMINI_API_KEY_FILE: file('empty', ''),
    })
    expect(config).toMatchObject({
      port: 9000,
      jwt: { secret: secrets.JWT_SECRET_KEY },
      model: { provider: 'offline' },
    })
    const asProduction = { ...secrets, APP_ENV_FILE: file('env', 'production\n') }
    expect(problemsOf(asProduction)).toContain('DATABASE_URL (or DATABASE_HOST) is required in production.')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a database in parts takes any password', () => {
  const parts = { DATABASE_HOST: 'db', DATABASE_PASSWORD: 'p@ss/w%rd', DATABASE_PORT: '5433' }
  const { database } = parseConfig({ ...secrets, ...parts })
  expect(database).toMatchObject({ kind: 'native', url: 'postgresql://postgres:p%40ss%2Fw%25rd@db:5433/reasonflow' })
})

test('.env is read whatever an editor made of it, and one that is a directory is told of', () => {
  using folder = newFolder()
  const file = join(folder.path, '.env')
  const lines = [
    `JWT_SECRET_KEY = "${secrets.JWT_SECRET_KEY}"`,
    `ENCRYPTION_KEY=${secrets.ENCRYPTION_KEY} `,
    'PORT= 8123',
    '',
  ]
  writeFileSync(file, `\uFEFF${lines.join('\r\n')}`)
  expect(readConfig(file)).toMatchObject({ port: 8123, jwt: { secret: secrets.JWT_SECRET_KEY } })
  expect(() => readConfig(folder.path)).toThrow(/cannot be read: it is a directory; remove it and run make env/)
})

test('production starts with what it needs, and on the offline model only on purpose', () => {
  expect(parseConfig(production)).toMatchObject({
    env: 'production',
    warnings: [],
    log: { pretty: false, level: 'info' },
  })
  expect(parseConfig({ ...production, FRONTEND_URL: '' }).warnings).toEqual([expect.stringMatching(/^FRONTEND_URL/)])
  const offline = parseConfig({ ...production, GEMINI_API_KEY: '', MODEL_PROVIDER: 'offline' })
  expect(offline.model).toEqual({ provider: 'offline' })
})

test('a ring of keys keeps its order, newest first', () => {
  const ring = [base64(32), base64(32)]
  const { encryptionKeys } = parseConfig({ ...secrets, ENCRYPTION_KEY: ring.join(', ') })
  expect(encryptionKeys.map((key) => key.toString('base64'))).toEqual(ring)
})

function sorted(names: string[]): string[] {
  return names.toSorted((a, b) => a.localeCompare(b))
}

function base64(bytes: number): string {
  return randomBytes(bytes).toString('base64')
}

function problemsOf(environment: Record<string, string | undefined>): readonly string[] {
  return errorOf(environment).problems
}

function messageOf(environment: Record<string, string | undefined>): string {
  return errorOf(environment).message
}

function errorOf(environment: Record<string, string | undefined>): ConfigError {
  try {
    parseConfig(environment)
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error('the environment was accepted')
}

test('on a developer’s machine a page at localhost and one at 127.0.0.1 may both call, elsewhere only what is listed', () => {
  const listed = { CORS_ORIGINS: '["http://localhost:3000","https://desk.example"]' }
  expect(parseConfig({ ...secrets, ...listed }).corsOrigins).toEqual([
    'http://localhost:3000',
    'https://desk.example',
    'http://127.0.0.1:3000',
  ])
  const only = ['http://localhost:3000', 'https://desk.example']
  expect(parseConfig({ ...production, ...listed }).corsOrigins).toEqual(only)
  expect(parseConfig({ ...secrets, ...listed, APP_ENV: 'test' }).corsOrigins).toEqual(only)
})
