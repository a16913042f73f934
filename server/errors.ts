import type { ErrorReason } from '../shared-types/index.ts'

/** An expected failure: `reason` for programs, `message` for the person who reads it. Anything else thrown is a bug. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly reason: ErrorReason
  /** When to try again, for RATE_LIMITED, UNAVAILABLE and BUDGET_EXHAUSTED. */
  readonly retryAfterSeconds: number | undefined

  constructor(reason: ErrorReason, message: string, options?: ErrorOptions & { retryAfterSeconds?: number }) {
    super(message, options)
    this.reason = reason
    this.retryAfterSeconds = options?.retryAfterSeconds
  }
}

/** The process cannot start, and a person can mend it: the message says what is wrong and what to do, no stack is owed. */
export class StartError extends Error {
  override readonly name: string = 'StartError'
}

/** Everything wrong with the environment at once, one line a problem. */
export class ConfigError extends StartError {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

/** Somebody else is at this work, or has taken it over: nothing is wrong with it. */
export class HeldError extends Error {
  override readonly name = 'HeldError'
  /** In ms: until it is free at the latest, where that is known. */
  readonly waitMs: number | undefined

  constructor(message: string, waitMs?: number) {
    super(message)
    this.waitMs = waitMs
  }
}

/** Whom we ask outside, by the name an owner knows. */
export const vendorNames = {
  gmail: 'Gmail',
  calendar: 'Google Calendar',
  'google-oauth': 'Google sign-in',
  gemini: 'Gemini',
  /** Whatever speaks OpenAI's HTTP; its owner knows best whose it is. */
  openai: 'The model server',
  hubspot: 'HubSpot',
  smtp: 'The mail server',
} as const
export type UpstreamVendor = keyof typeof vendorNames

/**
 * What an outside service's failure means for us, whatever its wire format:
 * `not_found` gone or never there; `history_expired` the cursor is too old; `needs_reauth` the grant is dead;
 * `scope_missing`, `domain_policy`, `daily_limit` a person must act or wait; `rate_limited` try again at `retryAt`;
 * `rejected` permanent, repeating is pointless; `unavailable`, `timeout` nobody knows whether it was applied;
 * `bad_answer` not what was asked for; `refused` the model would not answer; `truncated` it ran out of tokens.
 */
export type UpstreamKind =
  | 'not_found'
  | 'history_expired'
  | 'needs_reauth'
  | 'scope_missing'
  | 'domain_policy'
  | 'daily_limit'
  | 'rate_limited'
  | 'rejected'
  | 'unavailable'
  | 'timeout'
  | 'bad_answer'
  | 'refused'
  | 'truncated'

/** A failure of an outside service, in our words; `cause` keeps the vendor's own error. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError'
  readonly vendor: UpstreamVendor
  readonly kind: UpstreamKind
  readonly retryAt: Date | undefined
  /** The call was not even begun. */
  readonly wasNotMade: boolean

  constructor(
    vendor: UpstreamVendor,
    kind: UpstreamKind,
    message: string,
    options?: ErrorOptions & { retryAt?: Date; wasNotMade?: boolean },
  ) {
    super(message, options)
    this.vendor = vendor
    this.kind = kind
    this.retryAt = options?.retryAt
    this.wasNotMade = options?.wasNotMade ?? false
  }
}

export function isUpstream(error: unknown, ...kinds: UpstreamKind[]): error is UpstreamError {
  return error instanceof UpstreamError && (kinds.length === 0 || kinds.includes(error.kind))
}

/** A budget of the model is used up, and goes on by itself. */
export function isBudgetExhausted(error: unknown): error is AppError & { readonly retryAfterSeconds: number } {
  return error instanceof AppError && error.reason === 'BUDGET_EXHAUSTED' && error.retryAfterSeconds !== undefined
}

/**
 * How long an outside service asked to be left alone, or until a budget goes on, in milliseconds; undefined when
 * nothing is to be waited for or the time is over. Measured on this process's own clock, on which `retryAt` was made.
 */
export function askedWaitMs(error: unknown): number | undefined {
  if (isBudgetExhausted(error)) return error.retryAfterSeconds * 1_000
  const waitMs = isUpstream(error) && error.retryAt ? error.retryAt.getTime() - Date.now() : 0
  return waitMs > 0 ? waitMs : undefined
}

/** The same as a moment on the clock of `now`. */
export function retryTimeOf(error: unknown, now: Date): Date | undefined {
  const waitMs = askedWaitMs(error)
  return waitMs === undefined ? undefined : new Date(now.getTime() + waitMs)
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** What an owner may read of a failure: an unexpected one is for the log, its words may be a driver's. */
export function reasonOf(error: unknown): string {
  return error instanceof UpstreamError || error instanceof AppError
    ? error.message
    : 'Something unexpected went wrong.'
}

/** What to do where a file may not be changed, as in a checkout that belongs to somebody else; undefined for other errors. */
export function tellUnwritable(error: unknown): string | undefined {
  const { code = '', message, path } = error as NodeJS.ErrnoException
  if (!['EACCES', 'EPERM', 'EROFS'].includes(code) || !path) return undefined
  return `This user may not change ${path} (${message}). Make it yours (sudo chown -R "$USER" <folder>), or work in a checkout of your own.`
}
