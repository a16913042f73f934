import { TRPCError } from '@trpc/server'
import { ZodError, type z } from 'zod'
import type { ErrorReason } from '../../shared-types/index.ts'
import { databaseAway, isDatabaseAway } from '../database-trouble.ts'
import { AppError, UpstreamError } from '../errors.ts'

/** A new reason without a code does not compile. */
const codes = {
  VALIDATION_FAILED: 'BAD_REQUEST',
  UNAUTHENTICATED: 'UNAUTHORIZED',
  INVALID_CREDENTIALS: 'UNAUTHORIZED',
  INVALID_REFRESH_TOKEN: 'UNAUTHORIZED',
  INVALID_RESET_TOKEN: 'UNAUTHORIZED',
  EMAIL_TAKEN: 'CONFLICT',
  SINGLE_USER: 'FORBIDDEN',
  TOKEN_SCOPE: 'FORBIDDEN',
  PASSWORD_NOT_SET: 'CONFLICT',
  LAST_LOGIN: 'CONFLICT',
  TOO_MANY_TOKENS: 'CONFLICT',
  ORIGIN_NOT_ALLOWED: 'FORBIDDEN',
  UNSUPPORTED_CONTENT_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  BODY_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  METHOD_NOT_SUPPORTED: 'METHOD_NOT_SUPPORTED',
  RATE_LIMITED: 'TOO_MANY_REQUESTS',
  NOT_FOUND: 'NOT_FOUND',
  PROCEDURE_NOT_FOUND: 'NOT_FOUND',
  CRM_KEY_REFUSED: 'UNPROCESSABLE_CONTENT',
  CRM_KEY_MISSING: 'PRECONDITION_FAILED',
  GMAIL_NOT_CONFIGURED: 'PRECONDITION_FAILED',
  GMAIL_NEEDS_REAUTH: 'PRECONDITION_FAILED',
  MAILBOX_DISCONNECTED: 'PRECONDITION_FAILED',
  CALENDAR_SCOPE_MISSING: 'PRECONDITION_FAILED',
  ATTACHMENT_UNREADABLE: 'UNPROCESSABLE_CONTENT',
  EMAIL_NOT_INBOUND: 'CONFLICT',
  EMAIL_IN_PROGRESS: 'CONFLICT',
  EMAIL_ALREADY_APPROVED: 'CONFLICT',
  EMAIL_ALREADY_SENT: 'CONFLICT',
  SEND_UNRESOLVED: 'CONFLICT',
  DRAFT_CHANGED: 'CONFLICT',
  DRAFT_ALREADY_APPROVED: 'CONFLICT',
  DRAFT_NOT_PENDING: 'CONFLICT',
  DRAFT_NOT_APPROVED: 'CONFLICT',
  OPEN_QUESTIONS: 'CONFLICT',
  REJECTION_FINAL: 'CONFLICT',
  SLOT_TAKEN: 'CONFLICT',
  SEND_NOT_CANCELLABLE: 'CONFLICT',
  SEND_NOT_UNKNOWN: 'CONFLICT',
  TEMPLATE_CHANGED: 'CONFLICT',
  TEMPLATE_NAME_TAKEN: 'CONFLICT',
  CONTACT_CHANGED: 'CONFLICT',
  CONTACT_REPEATED: 'CONFLICT',
  CSV_UNREADABLE: 'BAD_REQUEST',
  CSV_TOO_LONG: 'PAYLOAD_TOO_LARGE',
  BATCH_RUNNING: 'CONFLICT',
  TOO_MANY_BATCHES: 'CONFLICT',
  BUDGET_EXHAUSTED: 'TOO_MANY_REQUESTS',
  UPSTREAM_FAILED: 'BAD_GATEWAY',
  UNAVAILABLE: 'SERVICE_UNAVAILABLE',
  INTERNAL: 'INTERNAL_SERVER_ERROR',
} as const satisfies Record<ErrorReason, TRPCError['code']>

/** The error as tRPC carries it, its cause always an AppError: whatever was not expected is INTERNAL. */
export function toTrpcError(error: unknown): TRPCError {
  const cause = toAppError(error)
  return new TRPCError({ code: codes[cause.reason], message: cause.message, cause })
}

/** The fields that were wrong, each with what is wrong; null for any other error. */
export function fieldErrorsOf(error: AppError): Record<string, string[]> | null {
  return error.cause instanceof ZodError ? flatten(error.cause) : null
}

/** A form shows a few; the rest only costs time to put into words. */
const maxTold = 50

function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  if (error instanceof TRPCError) return fromTrpc(error)
  if (error instanceof UpstreamError) return fromUpstream(error)
  if (isDatabaseAway(error)) return databaseAway(error)
  // Express and its parts mark what the client did wrong, such as a path that cannot be decoded.
  if (error instanceof Error && 'status' in error && error.status === 400) {
    return new AppError('VALIDATION_FAILED', 'The request cannot be read.', { cause: error })
  }
  return new AppError('INTERNAL', 'Something went wrong.', { cause: error })
}

function fromTrpc(error: TRPCError): AppError {
  const { cause, code } = error
  if (code === 'INTERNAL_SERVER_ERROR') {
    return toAppError(cause ?? new Error(error.message))
  }
  if (cause instanceof AppError) return cause
  if (cause instanceof ZodError) return new AppError('VALIDATION_FAILED', sentenceOf(cause), { cause })
  const [reason, message] = refusals[code] ?? ['INTERNAL', 'Something went wrong.']
  return new AppError(reason, message, { cause: error })
}

/** What tRPC itself refuses before any of our code runs. */
const refusals: Partial<Record<TRPCError['code'], [ErrorReason, string]>> = {
  BAD_REQUEST: ['VALIDATION_FAILED', 'The request cannot be read: at most 10 calls a batch, each input as JSON.'],
  PARSE_ERROR: ['VALIDATION_FAILED', 'The request cannot be read: its body or input is not JSON.'],
  NOT_FOUND: ['PROCEDURE_NOT_FOUND', 'There is no such procedure.'],
  METHOD_NOT_SUPPORTED: ['METHOD_NOT_SUPPORTED', 'Queries are asked with GET, mutations with POST.'],
  PAYLOAD_TOO_LARGE: ['BODY_TOO_LARGE', 'The request is too large.'],
  UNSUPPORTED_MEDIA_TYPE: ['UNSUPPORTED_CONTENT_TYPE', 'Send the request as application/json.'],
}

function fromUpstream(error: UpstreamError): AppError {
  if (error.kind === 'needs_reauth') {
    const message = 'Google asks for your consent again: connect this mailbox once more.'
    return new AppError('GMAIL_NEEDS_REAUTH', message, { cause: error })
  }
  if (error.kind === 'scope_missing' && error.vendor === 'calendar') {
    const message =
      'You have not allowed this with your calendar: connect this mailbox once more and tick the calendar.'
    return new AppError('CALENDAR_SCOPE_MISSING', message, { cause: error })
  }
  const message = 'An outside service did not answer as it should. Try again later.'
  return new AppError('UPSTREAM_FAILED', message, { cause: error })
}

function sentenceOf(error: ZodError): string {
  const [first] = Object.entries(flatten(error))
  return first ? `The request is not valid: ${first[0]}: ${first[1][0]}` : 'The request is not valid.'
}

function flatten(error: ZodError): Record<string, string[]> {
  const fields = new Map<string, string[]>()
  let told = 0
  for (const issue of error.issues) {
    for (const field of fieldsOf(issue, maxTold - told)) {
      fields.set(field, [...(fields.get(field) ?? []), inWords(issue)])
      told += 1
    }
    if (told >= maxTold) break
  }
  return Object.fromEntries(fields)
}

/** zod speaks to developers; a schema's own sentence is kept. */
function inWords(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.endsWith('received undefined') ? 'is required' : `must be ${issue.expected}`
    case 'too_small':
      return `must be at least ${issue.minimum}${unitOf(issue.origin)}`
    case 'too_big':
      return `must be at most ${issue.maximum}${unitOf(issue.origin)}`
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}`
    case 'unrecognized_keys':
      return 'is not known here'
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_key':
    case 'invalid_union':
    case 'not_multiple_of':
      return issue.message
  }
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters long'
  return origin === 'array' ? ' items' : ''
}

/** zod names the object that has a key too many; a form needs to know the key. */
function fieldsOf(issue: z.core.$ZodIssue, most: number): string[] {
  const path = issue.path.map(String)
  const names = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, most).map((key) => [...path, key]) : [path]
  return names.map((name) => name.join('.').slice(0, 100) || 'input')
}
