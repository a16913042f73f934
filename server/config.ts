import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { StartError } from './errors.ts'

/** Everything wrong with the environment at once, one line a problem. */
export class ConfigError extends StartError {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

export type Config = ReturnType<typeof parseConfig>
export type GoogleConfig = NonNullable<Config['google']>
export type PushConfig = NonNullable<Config['push']>
export type ModelConfig = Config['model']

/** The one place that reads `process.env` (and `.env` below it, which never overrides what is set). */
export function readConfig(): Config {
  try {
    process.loadEnvFile(join(import.meta.dirname, '../.env'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return parseConfig(process.env)
}

/** The environment as one typed shape; throws ConfigError with all that is wrong. */
export function parseConfig(environment: Readonly<Record<string, string | undefined>>) {
  const problems: string[] = []
  const warnings: string[] = []
  const values = withoutBlanks(withFiles(environment, problems))
  const isProduction = values['APP_ENV'] === 'production'
  for (const name of Object.keys(Environment.shape)) {
    if (!isPlaceholder(values[name])) continue
    if (isProduction) problems.push(`${name} still holds the placeholder of the example.`)
    else {
      delete values[name]
      warnings.push(`${name} holds a placeholder and counts as not set.`)
    }
  }
  problems.push(...contradictions(values, isProduction))
  const parsed = Environment.safeParse(values)
  for (const { path, message } of parsed.error?.issues ?? []) {
    const name = path.join('.')
    const isEmptied = isPlaceholder(environment[name])
    problems.push(`${name}: ${isEmptied ? `still holds the placeholder of the example; ${howToMake}` : message}`)
  }
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems)
  const env = parsed.data
  if (isProduction && isLoopbackUrl(env.FRONTEND_URL)) {
    warnings.push('FRONTEND_URL and CORS_ORIGINS name this machine only: no other browser can use the API.')
  }

  return {
    env: env.APP_ENV,
    warnings,
    port: env.PORT,
    roles: env.ROLES,
    trustProxy: env.TRUST_PROXY,
    frontendUrl: env.FRONTEND_URL,
    corsOrigins: env.CORS_ORIGINS,
    metricsToken: env.METRICS_TOKEN ?? null,
    log: { level: env.LOG_LEVEL ?? (env.APP_DEBUG ? 'debug' : 'info'), pretty: !isProduction },
    database: env.DATABASE_URL
      ? ({ kind: 'native', url: env.DATABASE_URL, maxConnections: env.DATABASE_MAX_CONNECTIONS } as const)
      : ({ kind: 'embedded', directory: env.DATA_DIR } as const),
    jwt: { secret: env.JWT_SECRET_KEY, expirationSeconds: env.JWT_EXPIRATION_MINUTES * 60 },
    encryptionKeys: env.ENCRYPTION_KEY,
    google:
      env.GMAIL_CLIENT_ID && env.GMAIL_CLIENT_SECRET
        ? {
            clientId: env.GMAIL_CLIENT_ID,
            clientSecret: env.GMAIL_CLIENT_SECRET,
            redirectUri: env.GMAIL_REDIRECT_URI ?? `http://localhost:${env.PORT}/api/v1/auth/gmail/callback`,
            apiBaseUrl: env.GOOGLE_API_BASE_URL ?? null,
            oauthBaseUrl: env.GOOGLE_OAUTH_BASE_URL ?? null,
          }
        : null,
    gmailUnitsPerMinute: env.GMAIL_QUOTA_UNITS_PER_MINUTE,
    push:
      env.GMAIL_PUBSUB_TOPIC && env.GMAIL_PUSH_AUDIENCE && env.GMAIL_PUSH_SERVICE_ACCOUNT
        ? {
            topic: env.GMAIL_PUBSUB_TOPIC,
            audience: env.GMAIL_PUSH_AUDIENCE,
            serviceAccount: env.GMAIL_PUSH_SERVICE_ACCOUNT,
          }
        : null,
    modelBudgetPerDay: env.MODEL_BUDGET_PER_DAY ?? null,
    autoSendEnabled: env.AUTO_SEND_ENABLED,
    model:
      env.GEMINI_API_KEY && env.MODEL_PROVIDER !== 'offline'
        ? ({
            provider: 'gemini',
            apiKey: env.GEMINI_API_KEY,
            model: env.GEMINI_MODEL,
            classifyModel: env.GEMINI_CLASSIFY_MODEL ?? env.GEMINI_MODEL,
            embeddingModel: env.GEMINI_EMBEDDING_MODEL,
            baseUrl: env.GEMINI_BASE_URL ?? null,
          } as const)
        : ({ provider: 'offline' } as const),
  }
}

/** What is wrong between variables; asked of the texts, so that it is told beside what is wrong in each. */
function contradictions(values: Readonly<Record<string, string>>, isProduction: boolean): string[] {
  const { DATABASE_URL, GEMINI_API_KEY, MODEL_PROVIDER, ROLES, JWT_SECRET_KEY } = values
  const problems: string[] = []
  if (isProduction && !DATABASE_URL) problems.push('DATABASE_URL is required in production.')
  if (isProduction && !GEMINI_API_KEY && !MODEL_PROVIDER) {
    problems.push(
      'GEMINI_API_KEY is required in production; set MODEL_PROVIDER=offline to run without a model on purpose.',
    )
  }
  if (MODEL_PROVIDER === 'gemini' && !GEMINI_API_KEY) problems.push('MODEL_PROVIDER=gemini needs GEMINI_API_KEY.')
  if (Boolean(values['GMAIL_CLIENT_ID']) !== Boolean(values['GMAIL_CLIENT_SECRET'])) {
    problems.push('GMAIL_CLIENT_ID and GMAIL_CLIENT_SECRET are needed together.')
  }
  problems.push(...pushContradictions(values))
  if (!DATABASE_URL && ROLES && !(ROLES.includes('api') && ROLES.includes('worker'))) {
    problems.push('The embedded database needs ROLES=api,worker in one process.')
  }
  const keys = values['ENCRYPTION_KEY']?.split(',').map((key) => Buffer.from(key, 'base64')) ?? []
  const isShared = (secret: string) =>
    keys.some((key) => key.equals(Buffer.from(secret)) || key.equals(Buffer.from(secret, 'base64')))
  if (JWT_SECRET_KEY && isShared(JWT_SECRET_KEY)) problems.push('JWT_SECRET_KEY and ENCRYPTION_KEY must differ.')
  return problems
}

function pushContradictions(values: Readonly<Record<string, string>>): string[] {
  const names = ['GMAIL_PUBSUB_TOPIC', 'GMAIL_PUSH_AUDIENCE', 'GMAIL_PUSH_SERVICE_ACCOUNT']
  const missing = names.filter((name) => !values[name])
  if (missing.length === names.length) return []
  if (missing.length > 0) return [`Push needs all of ${names.join(', ')}, or none; missing: ${missing.join(', ')}.`]
  return values['GMAIL_CLIENT_ID'] ? [] : ['Push needs GMAIL_CLIENT_ID: without it there is no mailbox to watch.']
}

function isLoopbackUrl(url: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname)
}

const howToMake =
  'make env (npm run env) fills it in, or print one with: node -p "crypto.randomBytes(32).toString(\'base64\')"'

const address = z.url({ protocol: /^https?$/, hostname: /.*/ }).transform((url) => url.replace(/\/$/, ''))

/** Every variable that is read; `.env.example` is tested against it. */
export const Environment = z.object({
  APP_ENV: z.enum(['development', 'production', 'test']).default('development'),
  APP_DEBUG: z.stringbool().default(false),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).optional(),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8000),
  ROLES: z
    .string()
    .default('api,worker')
    .transform((roles) => roles.split(',').map((role) => role.trim()))
    .pipe(z.array(z.enum(['api', 'worker'])).min(1)),
  /** How many proxies stand in front: that many hops of X-Forwarded-For are believed. */
  TRUST_PROXY: z.coerce.number().int().min(0).max(10).default(0),
  FRONTEND_URL: address.default('http://localhost:3000'),
  CORS_ORIGINS: z
    .string()
    .default('["http://localhost:3000"]')
    .transform((text, ctx): unknown => {
      try {
        return JSON.parse(text)
      } catch {
        ctx.addIssue('must be a JSON list such as ["http://localhost:3000"]')
        return z.NEVER
      }
    })
    .pipe(z.array(z.string().refine(isOrigin, 'an origin looks like http://localhost:3000, without a path'))),
  METRICS_TOKEN: z.string().min(16).optional(),
  DATABASE_URL: z
    .string()
    .transform((url) => url.replace(/^(postgresql|postgres)\+asyncpg:/, 'postgresql:'))
    .pipe(z.url({ protocol: /^postgres(ql)?$/, error: 'must look like postgresql://user:password@host:5432/name' }))
    .optional(),
  DATABASE_MAX_CONNECTIONS: z.coerce.number().int().min(2).max(200).default(10),
  DATA_DIR: z.string().default(join(import.meta.dirname, '../.data')),
  JWT_SECRET_KEY: z
    .string(`is required; ${howToMake}`)
    .refine((key) => key.length >= 32 && isVaried(key), `must be 32 or more random characters; ${howToMake}`),
  JWT_ALGORITHM: z.literal('HS256').default('HS256'),
  JWT_EXPIRATION_MINUTES: z.coerce.number().int().min(1).max(60).default(30),
  ENCRYPTION_KEY: z
    .string(`is required; ${howToMake}`)
    .transform((ring) => ring.split(',').map((key) => Buffer.from(key.trim(), 'base64')))
    .refine(
      (ring) => ring.every((key) => key.length === 32 && isVaried(key)),
      `each key must be 32 random bytes in base64; ${howToMake}`,
    ),
  MODEL_PROVIDER: z.enum(['gemini', 'offline']).optional(),
  GEMINI_API_KEY: z.string().optional(),
  GEMINI_MODEL: z.string().default('gemini-3.5-flash-lite'),
  /** A cheaper one to sort mail; by default GEMINI_MODEL. */
  GEMINI_CLASSIFY_MODEL: z.string().optional(),
  GEMINI_EMBEDDING_MODEL: z.string().default('gemini-embedding-001'),
  GEMINI_BASE_URL: address.optional(),
  /** US dollars, of all owners together in a day of UTC. */
  MODEL_BUDGET_PER_DAY: z.coerce.number().min(0).optional(),
  GMAIL_CLIENT_ID: z.string().optional(),
  GMAIL_CLIENT_SECRET: z.string().optional(),
  /** Where Google's consent comes back to; by default this server on localhost at PORT. */
  GMAIL_REDIRECT_URI: z.url().optional(),
  /** Of one mailbox; below 2,500 a send would not fit into what may go out at once. */
  GMAIL_QUOTA_UNITS_PER_MINUTE: z.coerce.number().int().min(2_500).default(6_000),
  GMAIL_PUBSUB_TOPIC: z
    .string()
    .regex(
      /^projects\/[a-z][a-z0-9.:-]*\/topics\/[a-z][\w.~+%-]{2,254}$/i,
      'looks like projects/my-project/topics/gmail',
    )
    .optional(),
  /** What the subscription's tokens are made out to; by Pub/Sub's own default the address of the endpoint. */
  GMAIL_PUSH_AUDIENCE: z
    .string()
    .regex(/^\S{8,1000}$/, 'is a text of 8 or more characters without blanks, best the address of the endpoint')
    .optional(),
  GMAIL_PUSH_SERVICE_ACCOUNT: z
    .string()
    .regex(/^[\w.-]+@[\w.-]+\.gserviceaccount\.com$/, 'looks like push@my-project.iam.gserviceaccount.com')
    .optional(),
  /** Whether owners may let routine replies go out by themselves; not before it was tried on a live account. */
  AUTO_SEND_ENABLED: z.stringbool().default(false),
  GOOGLE_API_BASE_URL: address.optional(),
  GOOGLE_OAUTH_BASE_URL: address.optional(),
})

/** `NAME_FILE` holds the path of a file with the value, as Docker secrets do. */
function withFiles(environment: Readonly<Record<string, string | undefined>>, problems: string[]) {
  const values: Record<string, string | undefined> = { ...environment }
  for (const name of Object.keys(Environment.shape)) {
    const path = environment[`${name}_FILE`]
    if (!path) continue
    try {
      values[name] = readFileSync(path, 'utf8').trim()
    } catch {
      problems.push(`${name}_FILE: ${path} cannot be read.`)
    }
  }
  return values
}

/** An empty value counts as absent, so that an example file can name what may stay empty. */
function withoutBlanks(values: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1]?.trim())),
  )
}

function isPlaceholder(value: string | undefined): boolean {
  return value !== undefined && /^(your-|change-?me)/i.test(value)
}

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.parse(text)?.origin === text
}

/** Not a key that somebody typed to get past the length: one letter, or a few, again and again. */
function isVaried(secret: Iterable<string | number>): boolean {
  return new Set(secret).size >= 8
}
