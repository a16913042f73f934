import { AsyncLocalStorage } from 'node:async_hooks'
import { type DestinationStream, type Logger, pino } from 'pino'
import pretty from 'pino-pretty'

export interface LogConfig {
  readonly level: string
  readonly pretty: boolean
}

/**
 * Readable lines in development, JSON in production; secrets are replaced at any depth.
 * Written in process and at once: no worker thread can lose the last lines before a crash.
 */
export function createLogger(config: LogConfig, destination: DestinationStream = destinationOf(config)): Logger {
  return pino(
    {
      level: config.level,
      serializers: { err: describeError },
      formatters: { log: withoutSecrets },
      // What a child logger is bound to passes no formatter.
      redact: { paths: secretNames.map((name) => `["${name}"]`), censor },
      // A copy: pino writes the line's own fields into what it is given.
      mixin: () => ({ ...requests.getStore() }),
    },
    destination,
  )
}

/** Everything logged below `effect` carries the request's id. */
export function inRequest<T>(requestId: string, effect: () => T): T {
  return requests.run({ requestId }, effect)
}

/** The id of the request that is being answered, where there is one. */
export function currentRequestId(): string | null {
  return requests.getStore()?.requestId ?? null
}

const requests = new AsyncLocalStorage<{ requestId: string }>()

const maxDepth = 8
const censor = '[secret]'
const secretNames = [
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'passwordHash',
  'token',
  'accessToken',
  'refreshToken',
  'idToken',
  'code',
  'codeVerifier',
  'secret',
  'clientSecret',
  'apiKey',
]
const secrets = new Set(secretNames.map(plainName))

function destinationOf(config: LogConfig): DestinationStream {
  return config.pretty
    ? pretty({ sync: true, translateTime: 'SYS:HH:MM:ss.l', ignore: 'pid,hostname' })
    : pino.destination({ sync: true })
}

function withoutSecrets(fields: Record<string, unknown>): Record<string, unknown> {
  // An error waits for its serializer: as the plain object that the queue makes of it, its SQLSTATE would be taken for
  // the code of a consent.
  const { err, ...rest } = fields
  return { ...(redact(rest, 0) as Record<string, unknown>), ...('err' in fields ? { err } : {}) }
}

function redact(value: unknown, depth: number): unknown {
  if (Array.isArray(value)) return depth < maxDepth ? value.map((item) => redact(item, depth + 1)) : '[deep]'
  if (value instanceof Error) return describeError(value)
  if (!isPlainObject(value)) return value
  if (depth >= maxDepth) return '[deep]'
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      secrets.has(plainName(name)) ? censor : redact(item, depth + 1),
    ]),
  )
}

/** However it is written: refreshToken, refresh_token, Refresh-Token. */
function plainName(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase()
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** The queue hands on errors as plain objects. */
function isErrorLike(error: unknown): error is Error & Record<string, unknown> {
  return typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string'
}

/** A SQLSTATE, an errno, a status; or none. */
function isErrorCode(code: unknown): boolean {
  return code === undefined || typeof code === 'number' || (typeof code === 'string' && /^[A-Z0-9_]{2,40}$/.test(code))
}

/** What cannot be read as JSON, and what the database cannot read as a value (SQLSTATE 22...), is quoted: a piece of a mail. */
function quotesData({ name, code }: { name?: unknown; code?: unknown }): boolean {
  return name === 'SyntaxError' || (typeof code === 'string' && /^22.{3}$/.test(code))
}

/** What helps to find the fault, and nothing a vendor's error may carry along, such as its request with headers. */
function describeError(error: unknown, depth = 0): unknown {
  if (!isErrorLike(error)) return typeof error === 'string' ? error : redact(error, 0)
  const { name, message, stack, cause, code, reason, kind, constraint } = error
  const told = quotesData(error) ? message.replace(/".*"/s, '"[text]"') : message
  return {
    type: name,
    message: told,
    stack: told === message ? stack : stack?.replace(message, () => told),
    code: isErrorCode(code) ? code : censor,
    reason,
    kind,
    constraint,
    ...(cause !== undefined && depth < maxDepth ? { cause: describeError(cause, depth + 1) } : {}),
  }
}
