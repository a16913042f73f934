import { GoogleGenerativeAIFetchError, GoogleGenerativeAIResponseError } from '@google/generative-ai'
import { UpstreamError, type UpstreamKind } from '../../errors.ts'
import { longestWaitMs } from '../retry-after.ts'

/** What a failed request means. The client reports timeout, abort and reset alike, so the signals are asked first. */
export function toUpstream(
  error: unknown,
  { caller, deadline }: { caller: AbortSignal; deadline: AbortSignal },
): UpstreamError {
  if (error instanceof UpstreamError) return error
  if (deadline.aborted) return failure('timeout', 'Gemini did not answer in time.', error)
  if (caller.aborted) return failure('timeout', 'The request to Gemini was given up.', caller.reason)
  if (error instanceof GoogleGenerativeAIResponseError) return failure('refused', 'Gemini refused to answer.', error)
  if (error instanceof GoogleGenerativeAIFetchError && error.status !== undefined) return ofStatus(error, error.status)
  // A reset, a body cut off, a page of some proxy in place of the answer: nobody knows what became of the request.
  return failure('unavailable', 'Gemini could not be reached or its answer broke off.', error)
}

export function failure(kind: UpstreamKind, message: string, cause?: unknown): UpstreamError {
  return new UpstreamError('gemini', kind, message, { cause })
}

function ofStatus(error: GoogleGenerativeAIFetchError, status: number): UpstreamError {
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
    return failure('rejected', `Gemini rejected the request (${status}).`, error)
  }
  const isLimited = status === 429
  const retryAt = retryTime(error)
  const message = isLimited ? 'Gemini asks to slow down.' : `Gemini is not available (${status}).`
  return new UpstreamError('gemini', isLimited ? 'rate_limited' : 'unavailable', message, {
    cause: error,
    ...(retryAt && { retryAt }),
  })
}

/** The client hides the Retry-After header; `google.rpc.RetryInfo` says the same as `"34.5s"`. */
function retryTime({ errorDetails }: GoogleGenerativeAIFetchError): Date | undefined {
  if (!Array.isArray(errorDetails)) return undefined
  const info = errorDetails.find((detail) => detail?.['@type'] === 'type.googleapis.com/google.rpc.RetryInfo')
  const delay: unknown = info?.['retryDelay']
  const seconds = typeof delay === 'string' ? /^(\d{1,9}(?:\.\d{1,9})?)s$/.exec(delay)?.[1] : undefined
  return seconds === undefined ? undefined : new Date(Date.now() + Math.min(Number(seconds) * 1_000, longestWaitMs))
}
