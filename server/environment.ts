import { join } from 'node:path'
import { z } from 'zod'

/** Where the server keeps what it holds itself, if nobody says where. */
export const dataDirectory = join(import.meta.dirname, '../.data')

export const howToMake =
  'make env (npm run env) fills it in, or print one with: node -p "crypto.randomBytes(32).toString(\'base64\')"'

const address = z.url({ protocol: /^https?$/, hostname: /.*/ }).transform((url) => url.replace(/\/$/, ''))

/** Every variable that is read; `.env.example` is tested against it. */
export const Environment = z.object({
  APP_ENV: z.enum(['development', 'production', 'test']).default('development'),
  APP_DEBUG: z.stringbool().default(false),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).optional(),
  /** Of a process that cannot start: `wait` leaves it there, unhealthy, where a restart would only repeat its words. */
  START_FAILURE: z.enum(['exit', 'wait']).default('exit'),
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
  /** Where traces go, as OTLP over HTTP; nothing is traced without it. */
  OTEL_EXPORTER_OTLP_ENDPOINT: address.optional(),
  METRICS_TOKEN: z.string().min(16).optional(),
  /** The mail server for mail about accounts; `?from=` names the sender where the user name is no address. */
  SMTP_URL: z
    .url({
      protocol: /^smtps?$/,
      hostname: /.*/,
      error: 'must look like smtp://user:password@host:587?from=desk@example.com',
    })
    .optional(),
  DATABASE_URL: z
    .string()
    .transform((url) => url.replace(/^(postgresql|postgres)\+asyncpg:/, 'postgresql:'))
    .pipe(z.url({ protocol: /^postgres(ql)?$/, error: 'must look like postgresql://user:password@host:5432/name' }))
    .refine(
      isWellEscaped,
      'holds characters that a URL needs escaped; give DATABASE_HOST, DATABASE_USER and DATABASE_PASSWORD apart',
    )
    .optional(),
  /** In the place of DATABASE_URL, in parts, so that a password may hold any character. */
  DATABASE_HOST: z.string().optional(),
  DATABASE_PORT: z.coerce.number().int().min(1).max(65_535).default(5432),
  DATABASE_NAME: z.string().default('reasonflow'),
  DATABASE_USER: z.string().default('postgres'),
  DATABASE_PASSWORD: z.string().optional(),
  DATABASE_MAX_CONNECTIONS: z.coerce.number().int().min(2).max(200).default(10),
  DATA_DIR: z.string().default(dataDirectory),
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
  MODEL_PROVIDER: z.enum(['gemini', 'openai', 'offline']).optional(),
  GEMINI_API_KEY: z.string().optional(),
  GEMINI_MODEL: z.string().default('gemini-3.5-flash-lite'),
  /** A cheaper one to sort mail; by default GEMINI_MODEL. */
  GEMINI_CLASSIFY_MODEL: z.string().optional(),
  GEMINI_EMBEDDING_MODEL: z.string().default('gemini-embedding-001'),
  GEMINI_BASE_URL: address.optional(),
  /** Of any server that speaks OpenAI's HTTP; what stands before `/chat/completions`. */
  OPENAI_BASE_URL: address
    .refine(hasNoPassword, 'holds a name or password; OPENAI_API_KEY is the place for a key')
    .optional(),
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_MODEL: z.string().optional(),
  /** A cheaper one to sort mail; by default OPENAI_MODEL. */
  OPENAI_CLASSIFY_MODEL: z.string().optional(),
  OPENAI_EMBEDDING_MODEL: z.string().optional(),
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
  /** Where people are looked up for owners who have not chosen: their own table, or HubSpot with the key below. */
  CRM_PROVIDER: z.enum(['own', 'hubspot']).default('own'),
  /** Of one person's HubSpot: while it serves, nobody else may register. */
  HUBSPOT_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'holds what no key has')
    .optional(),
  HUBSPOT_BASE_URL: address.default('https://api.hubapi.com'),
  GOOGLE_API_BASE_URL: address.optional(),
  GOOGLE_OAUTH_BASE_URL: address.optional(),
})

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.parse(text)?.origin === text
}

function hasNoPassword(address: string): boolean {
  const url = URL.parse(address)
  return !url?.username && !url?.password
}

/** A raw @, / or % of a password would make another host of it, and show a part of it in an error. */
function isWellEscaped(address: string): boolean {
  const { pathname, username, password } = new URL(address)
  try {
    decodeURIComponent(username + password)
  } catch {
    return false
  }
  return /^(\/[^/@:]*)?$/.test(pathname)
}

/** Not a key that somebody typed to get past the length: one letter, or a few, again and again. */
function isVaried(secret: Iterable<string | number>): boolean {
  return new Set(secret).size >= 8
}
