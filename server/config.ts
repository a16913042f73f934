import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { z } from 'zod'
import { chooseCrm, crmContradictions } from './config-crm.ts'
import { isPlaceholder, readEnvFile } from './env-file.ts'
import { dataDirectory, Environment, howToMake } from './environment.ts'
import { ConfigError, messageOf } from './errors.ts'
import { type KeptSecrets, secretsBelow } from './kept-secrets.ts'

export type Config = ReturnType<typeof parseConfig>
export type GoogleConfig = NonNullable<Config['google']>
export type PushConfig = NonNullable<Config['push']>
export type ModelConfig = Config['model']

const ownEnvFile = join(import.meta.dirname, '../.env')

/** The one place that reads `process.env` (and `.env` below it, which never overrides what is set). */
export function readConfig(envFile = ownEnvFile): Config {
  return parseConfig({ ...readEnvFile(envFile), ...process.env }, secretsBelow)
}

/** Whether a process that cannot start is to stay, instead of being started again and again; holds where the rest is unusable. */
export function waitsAfterFailure(): boolean {
  return process.env['START_FAILURE'] === 'wait'
}

/** Where the value of a variable comes from, for people; undefined when nobody has set it. */
export function originOf(name: string, envFile = ownEnvFile): string | undefined {
  const environment = { ...readEnvFile(envFile), ...process.env }
  const path = environment[`${name}_FILE`]
  if (path && readFileSync(path, 'utf8').trim()) return path
  const value = environment[name]
  if (!value?.trim() || isPlaceholder(value)) return undefined
  return process.env[name] === undefined ? '.env' : 'the environment'
}

/**
 * The environment as one typed shape; throws ConfigError with all that is wrong. Where `secretsIn` is given, what is kept
 * in the data directory stands in for secrets that are not set, but for production.
 */
export function parseConfig(
  environment: Readonly<Record<string, string | undefined>>,
  secretsIn?: (directory: string) => KeptSecrets,
) {
  const problems: string[] = []
  const warnings: string[] = []
  const values = withoutBlanks(withFiles(environment, problems))
  const isProduction = values['APP_ENV'] === 'production'
  for (const name of Object.keys(Environment.shape)) {
    if (!isPlaceholder(values[name])) continue
    if (isProduction) problems.push(`${name} still holds the placeholder of the example.`)
    else {
      delete values[name]
      if (!secretNames.includes(name)) warnings.push(`${name} holds a placeholder and counts as not set.`)
    }
  }
  const kept = secretsIn?.(values['DATA_DIR'] ?? dataDirectory)
  const unkept = kept ? fillInAll(values, kept, { isProduction, problems, warnings }) : []
  problems.push(...contradictions(values, isProduction))
  const parsed = Environment.safeParse(values)
  for (const { path, message } of parsed.error?.issues ?? []) {
    const name = path.join('.')
    // Why nothing could be kept, or its file gave nothing, is told already.
    if (unkept.includes(name) || problems.some((problem) => problem.startsWith(`${name}_FILE:`))) continue
    const isEmptied = isPlaceholder(environment[name])
    problems.push(`${name}: ${isEmptied ? `still holds the placeholder of the example; ${howToMake}` : message}`)
  }
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems)
  const env = parsed.data
  if (isProduction && isLoopbackUrl(env.FRONTEND_URL)) {
    warnings.push('FRONTEND_URL and CORS_ORIGINS name this machine only: no other browser can use the API.')
  }
  if (env.MODEL_PROVIDER === 'openai' && env.MODEL_BUDGET_PER_DAY !== undefined) {
    warnings.push(
      'MODEL_BUDGET_PER_DAY bounds nothing: what the models of OPENAI_BASE_URL cost is not known. Owners have a budget in tokens.',
    )
  }
  if (env.OPENAI_MODEL && !env.MODEL_PROVIDER) {
    warnings.push('OPENAI_MODEL is not used: set MODEL_PROVIDER=openai for it.')
  }
  if (isProduction && env.APP_DEBUG) warnings.push('APP_DEBUG=true in production: it logs more than anybody needs.')

  return {
    env: env.APP_ENV,
    warnings,
    port: env.PORT,
    roles: env.ROLES,
    trustProxy: env.TRUST_PROXY,
    frontendUrl: env.FRONTEND_URL,
    corsOrigins: env.APP_ENV === 'development' ? withLoopbackNames(env.CORS_ORIGINS) : env.CORS_ORIGINS,
    tracing: env.OTEL_EXPORTER_OTLP_ENDPOINT ? { endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT } : null,
    metricsToken: env.METRICS_TOKEN ?? null,
    smtp: env.SMTP_URL ? smtpOf(env.SMTP_URL, env.FRONTEND_URL) : null,
    log: { level: env.LOG_LEVEL ?? (env.APP_DEBUG ? 'debug' : 'info'), pretty: !isProduction },
    database:
      env.DATABASE_URL || env.DATABASE_HOST
        ? ({ kind: 'native', url: databaseUrl(env), maxConnections: env.DATABASE_MAX_CONNECTIONS } as const)
        : ({ kind: 'embedded', directory: env.DATA_DIR } as const),
    jwt: { secret: env.JWT_SECRET_KEY, expirationSeconds: env.JWT_EXPIRATION_MINUTES * 60 },
    encryptionKeys: env.ENCRYPTION_KEY,
    /** Where the server keeps those it made for itself. */
    secretsPlace: secretsBelow(env.DATA_DIR).place,
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
    model: chooseModel(env),
    crm: chooseCrm(env, warnings),
  }
}

/** Who such mail is from: as the address says, else its user, else this service. */
function smtpOf(address: string, frontendUrl: string): { url: string; from: string } {
  const url = new URL(address)
  const user = decodeURIComponent(url.username)
  const from = url.searchParams.get('from') ?? (user.includes('@') ? user : `no-reply@${new URL(frontendUrl).hostname}`)
  url.searchParams.delete('from')
  return { url: url.href, from: `ReasonFlow <${from}>` }
}

function chooseModel(env: z.infer<typeof Environment>) {
  if (env.MODEL_PROVIDER === 'openai' && env.OPENAI_MODEL) {
    return {
      provider: 'openai',
      baseUrl: env.OPENAI_BASE_URL ?? 'https://api.openai.com/v1',
      apiKey: env.OPENAI_API_KEY ?? null,
      model: env.OPENAI_MODEL,
      classifyModel: env.OPENAI_CLASSIFY_MODEL ?? env.OPENAI_MODEL,
      embeddingModel: env.OPENAI_EMBEDDING_MODEL ?? null,
    } as const
  }
  if (env.GEMINI_API_KEY && env.MODEL_PROVIDER !== 'offline') {
    return {
      provider: 'gemini',
      apiKey: env.GEMINI_API_KEY,
      model: env.GEMINI_MODEL,
      classifyModel: env.GEMINI_CLASSIFY_MODEL ?? env.GEMINI_MODEL,
      embeddingModel: env.GEMINI_EMBEDDING_MODEL,
      baseUrl: env.GEMINI_BASE_URL ?? null,
    } as const
  }
  return { provider: 'offline' } as const
}

/** What people who run a server for themselves need not set. */
const secretNames: readonly string[] = ['JWT_SECRET_KEY', 'ENCRYPTION_KEY']

/** Fills in all of them, and says what came of it; answers those that could not be kept. */
function fillInAll(
  values: Record<string, string>,
  kept: KeptSecrets,
  told: { isProduction: boolean; problems: string[]; warnings: string[] },
): string[] {
  const unkept: string[] = []
  let reason = ''
  for (const name of secretNames) {
    try {
      told.warnings.push(...fillIn(values, name, kept, told.isProduction))
    } catch (error) {
      unkept.push(name)
      reason = messageOf(error)
    }
  }
  if (unkept.length > 0) {
    told.problems.push(
      `${unkept.join(' and ')}: none can be kept in ${kept.place} (${reason}). Set what is missing, make that folder yours, or set DATA_DIR.`,
    )
  }
  return unkept
}

/** Puts the kept secret in the place of one that is not set, or behind the encryption key that is. Answers what is to be told. */
function fillIn(values: Record<string, string>, name: string, kept: KeptSecrets, isProduction: boolean): string[] {
  const present = values[name]
  const made = kept.read(name)
  if (present !== undefined) {
    const isBehind =
      name === 'ENCRYPTION_KEY' && made !== null && !present.split(',').some((key) => key.trim() === made)
    // What was sealed with it stays readable.
    if (isBehind) values[name] = `${present},${made}`
    return []
  }
  if (isProduction) return []
  values[name] = made ?? kept.make(name)
  return made === null
    ? [`${name} is not set: one was made, and is kept in ${kept.place}. Production needs one of your own.`]
    : []
}

/** What is wrong between variables; asked of the texts, so that it is told beside what is wrong in each. */
function contradictions(values: Readonly<Record<string, string>>, isProduction: boolean): string[] {
  const { DATABASE_URL, DATABASE_HOST, GEMINI_API_KEY, MODEL_PROVIDER, ROLES, JWT_SECRET_KEY } = values
  const isEmbedded = !DATABASE_URL && !DATABASE_HOST
  const problems: string[] = []
  if (isProduction && isEmbedded) problems.push('DATABASE_URL (or DATABASE_HOST) is required in production.')
  if (DATABASE_URL && DATABASE_HOST)
    problems.push('DATABASE_URL and DATABASE_HOST are two ways to say one thing: set one.')
  if (isProduction && !GEMINI_API_KEY && !MODEL_PROVIDER) {
    problems.push(
      "GEMINI_API_KEY is required in production; set MODEL_PROVIDER=openai for a server that speaks OpenAI's HTTP, or MODEL_PROVIDER=offline to run without a model on purpose.",
    )
  }
  problems.push(...modelContradictions(values), ...crmContradictions(values))
  if (Boolean(values['GMAIL_CLIENT_ID']) !== Boolean(values['GMAIL_CLIENT_SECRET'])) {
    problems.push('GMAIL_CLIENT_ID and GMAIL_CLIENT_SECRET are needed together.')
  }
  problems.push(...pushContradictions(values))
  if (isEmbedded && ROLES && !(ROLES.includes('api') && ROLES.includes('worker'))) {
    problems.push('The embedded database needs ROLES=api,worker in one process.')
  }
  const keys = values['ENCRYPTION_KEY']?.split(',').map((key) => Buffer.from(key, 'base64')) ?? []
  const isShared = (secret: string) =>
    keys.some((key) => key.equals(Buffer.from(secret)) || key.equals(Buffer.from(secret, 'base64')))
  if (JWT_SECRET_KEY && isShared(JWT_SECRET_KEY)) problems.push('JWT_SECRET_KEY and ENCRYPTION_KEY must differ.')
  return problems
}

function modelContradictions(values: Readonly<Record<string, string>>): string[] {
  const { MODEL_PROVIDER: provider, GEMINI_API_KEY, OPENAI_MODEL, OPENAI_BASE_URL, OPENAI_API_KEY } = values
  const problems: string[] = []
  if (provider === 'gemini' && !GEMINI_API_KEY) problems.push('MODEL_PROVIDER=gemini needs GEMINI_API_KEY.')
  if (provider === 'openai' && !OPENAI_MODEL) problems.push('MODEL_PROVIDER=openai needs OPENAI_MODEL.')
  if (provider === 'openai' && !OPENAI_BASE_URL && !OPENAI_API_KEY) {
    problems.push(
      'MODEL_PROVIDER=openai needs OPENAI_BASE_URL for a server of your own, or OPENAI_API_KEY for api.openai.com.',
    )
  }
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

/** `NAME_FILE` holds the path of a file with the value, as Docker secrets do. */
function withFiles(environment: Readonly<Record<string, string | undefined>>, problems: string[]) {
  const values: Record<string, string | undefined> = { ...environment }
  for (const name of Object.keys(Environment.shape)) {
    const path = environment[`${name}_FILE`]
    if (!path) continue
    try {
      // An empty file is a secret that nobody has filled in yet.
      values[name] = readFileSync(path, 'utf8').trim() || environment[name]
    } catch (error) {
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
      problems.push(
        `${name}_FILE: ${isMissing ? `there is no ${path}` : `${path} is there, but uid ${process.getuid?.()} may not read it`}.`,
      )
    }
  }
  return values
}

/** On a developer's machine a page at either name of it is the same page. */
function withLoopbackNames(origins: readonly string[]): string[] {
  const names = ['//localhost:', '//127.0.0.1:'] as const
  const others = origins.flatMap((origin) => [origin.replace(names[0], names[1]), origin.replace(names[1], names[0])])
  return [...new Set([...origins, ...others])]
}

function databaseUrl(env: z.infer<typeof Environment>): string {
  if (env.DATABASE_URL) return env.DATABASE_URL
  const { DATABASE_HOST: host = '', DATABASE_PORT: port, DATABASE_PASSWORD: password = '' } = env
  const [user, secret, name] = [env.DATABASE_USER, password, env.DATABASE_NAME].map(encodeURIComponent)
  return `postgresql://${user}:${secret}@${host.includes(':') ? `[${host}]` : host}:${port}/${name}`
}

/** An empty value counts as absent, so that an example file can name what may stay empty. */
function withoutBlanks(values: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1]?.trim())),
  )
}
