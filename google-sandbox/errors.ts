import type { Answer, Call } from './http.ts'

const statusNames: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ALREADY_EXISTS',
  412: 'FAILED_PRECONDITION',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

/** A refusal in Google's words. */
export class GoogleError extends Error {
  readonly status: number
  readonly reason: string

  constructor(status: number, reason: string, message: string) {
    super(message)
    this.status = status
    this.reason = reason
  }
}

/** Google's JSON error envelope. */
export function errorAnswer(status: number, reason: string, message: string): Answer {
  const name = reason === 'failedPrecondition' ? 'FAILED_PRECONDITION' : statusNames[status]
  return {
    status,
    body: {
      error: { code: status, message, errors: [{ message, domain: 'global', reason }], ...(name && { status: name }) },
    },
  }
}

export function notFound(): GoogleError {
  return new GoogleError(404, 'notFound', 'Requested entity was not found.')
}

export function invalid(message: string): GoogleError {
  return new GoogleError(400, 'invalidArgument', message)
}

/** The JSON object in the body; a missing body counts as an empty one. */
export function jsonOf(call: Call): Record<string, unknown> {
  if (call.body.length === 0) return {}
  try {
    const parsed: unknown = JSON.parse(call.body.toString('utf8'))
    if (parsed && typeof parsed === 'object' && !Array.isArray(parsed)) return parsed as Record<string, unknown>
  } catch {
    // Falls through to the refusal below.
  }
  throw new GoogleError(400, 'parseError', 'Invalid JSON payload received.')
}
