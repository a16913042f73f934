import { DateTime } from 'luxon'
import { z } from 'zod'
import { type UpstreamKind, UpstreamError, type UpstreamVendor, vendorNames } from '../../errors.ts'
import { readRetryAfter } from '../retry-after.ts'

// Not the global Headers: the library brings its own.
const HeadersLike = z.custom<Pick<Headers, 'get'>>((headers) => typeof (headers as Headers | null)?.get === 'function')

/** What the client libraries throw: a status when there was an answer, else a code. */
const Thrown = z.object({
  status: z.number().optional(),
  code: z.union([z.string(), z.number()]).optional(),
  message: z.string().default(''),
  response: z.object({ data: z.unknown(), headers: HeadersLike.optional().catch(undefined) }).optional(),
})
type Thrown = z.infer<typeof Thrown>

/** Google's envelope (developers.google.com/gmail/api/guides/handle-errors); reasons stand in one of two places. */
const Envelope = z.object({
  error: z.object({
    message: z.string().default(''),
    errors: z.array(z.object({ reason: z.string().default('') })).default([]),
    details: z.array(z.object({ reason: z.string().default('') })).default([]),
  }),
})

/** The one place that says what a failed call to Google means for us. Errors of ours pass through as they are. */
export function toUpstream(vendor: UpstreamVendor, error: unknown, now = new Date()): UpstreamError {
  if (error instanceof UpstreamError) return error
  const thrown = Thrown.safeParse(error).data ?? { message: '' }
  const { reason, message } = detailsOf(thrown)
  const kind = kindOf(thrown, reason)
  const retryAt = retryAtOf(thrown, message, now) ?? (kind === 'daily_limit' ? nextQuotaDay(now) : undefined)
  const what = [thrown.status ?? thrown.code ?? 'nothing', reason].filter(Boolean).join(' ')
  return new UpstreamError(vendor, kind, `${vendorNames[vendor]} answered ${what}.`, {
    cause: withoutRequest(error, thrown),
    ...(retryAt && { retryAt }),
  })
}

/** An answer of another shape than documented, for example half of its JSON. */
export function badAnswer(vendor: UpstreamVendor, what: string): UpstreamError {
  return new UpstreamError(vendor, 'bad_answer', `${vendorNames[vendor]} gave an unreadable answer: ${what}.`)
}

/** Throws when the caller has given up: with a signal that is aborted already the library ends the process over the body. */
export function assertWanted(vendor: UpstreamVendor, signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return
  const message = `The call to ${vendorNames[vendor]} was given up before it was made.`
  throw new UpstreamError(vendor, 'timeout', message, { cause: signal.reason })
}

function detailsOf({ response }: Thrown): { reason: string; message: string } {
  const { error } = Envelope.safeParse(response?.data).data ?? {}
  if (!error) return { reason: '', message: '' }
  const reasons = [...error.errors, ...error.details].map(({ reason }) => reason)
  return { reason: reasons.find(Boolean) ?? '', message: error.message }
}

function kindOf({ status, code }: Thrown, reason: string): UpstreamKind {
  if (status === undefined) return code === 'TimeoutError' || code === 'AbortError' ? 'timeout' : 'unavailable'
  if (status >= 500) return 'unavailable'
  if (status === 401) return 'needs_reauth'
  if (status === 403) return kindOfRefusal(reason)
  if (status === 404) return 'not_found'
  if (status === 408) return 'timeout'
  if (status === 429) return 'rate_limited'
  return status >= 400 ? 'rejected' : 'bad_answer'
}

function kindOfRefusal(reason: string): UpstreamKind {
  switch (reason) {
    case 'rateLimitExceeded':
    case 'userRateLimitExceeded':
    case 'quotaExceeded':
    case 'RATE_LIMIT_EXCEEDED':
      return 'rate_limited'
    case 'dailyLimitExceeded':
      return 'daily_limit'
    case 'insufficientPermissions':
    case 'ACCESS_TOKEN_SCOPE_INSUFFICIENT':
      return 'scope_missing'
    case 'domainPolicy':
      return 'domain_policy'
    default:
      // A proxy's page, or a reason Google has yet to document: nothing final follows from it.
      return 'unavailable'
  }
}

/** From Retry-After, in seconds or as a date, or from "Retry after 2026-11-12T11:16:42.247Z" in the message. */
function retryAtOf({ response }: Thrown, message: string, now: Date): Date | undefined {
  const header = response?.headers?.get('retry-after')
  return readRetryAfter(header ?? /retry after\s+(\d{4}-\d\d-\d\dT[\d:.]+Z)/i.exec(message)?.[1], now)
}

/** Google's days begin at midnight Pacific time. */
function nextQuotaDay(now: Date): Date {
  return DateTime.fromJSDate(now, { zone: 'America/Los_Angeles' }).plus({ days: 1 }).startOf('day').toJSDate()
}

/** The vendor's error says what happened; the request it carries holds tokens and mail, which belong in no log. */
function withoutRequest(error: unknown, { code, status }: Thrown): unknown {
  if (!(error instanceof Error)) return error
  const bare = new Error(error.message)
  if (error.stack) bare.stack = error.stack
  return Object.assign(bare, { code, status })
}
