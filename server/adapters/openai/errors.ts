import { UpstreamError, type UpstreamKind } from '../../errors.ts'
import { readRetryAfter } from '../retry-after.ts'

/** What a server said when it refused a request. It may repeat what it was sent, so its words get into no log by themselves. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly #words: string

  constructor(status: number, words: string) {
    super(`status ${status}`)
    this.status = status
    this.#words = words
  }

  get words(): string {
    return this.#words
  }

  says(pattern: RegExp): boolean {
    return pattern.test(this.#words)
  }
}

export function failure(kind: UpstreamKind, message: string, cause?: unknown): UpstreamError {
  return new UpstreamError('openai', kind, message, { cause })
}

/** The server's refusal behind a failure, if there is one. */
export function refusalOf(error: unknown): Refusal | undefined {
  const cause: unknown = error instanceof UpstreamError ? error.cause : undefined
  return cause instanceof Refusal ? cause : undefined
}

export interface Asked {
  readonly path: string
  readonly modelId: string
  /** The variable that names the model. */
  readonly setting: string
}

/** What an answer means that is none. */
export function ofStatus(refusal: Refusal, asked: Asked, headers?: Headers): UpstreamError {
  const { status } = refusal
  if (status === 429) return limited(refusal, 'rate_limited', 'The model server asks to slow down.', headers)
  if (status === 408 || status >= 500) {
    return limited(refusal, 'unavailable', `The model server is not available (${status}).`, headers)
  }
  if (refusal.says(/content[_ ](?:filter|policy)/i)) return failure('refused', 'The model server refused.', refusal)
  return failure('rejected', whyRejected(refusal, asked), refusal)
}

function whyRejected(refusal: Refusal, { path, modelId, setting }: Asked): string {
  const { status } = refusal
  if (status < 400) return `The model server redirects elsewhere (${status}): look at OPENAI_BASE_URL.`
  if (status === 401 || status === 403) {
    return `The model server does not take the key (${status}): look at OPENAI_API_KEY.`
  }
  if (status === 404 && refusal.says(/model/i)) {
    return `The model server has no model ${modelId} (404): look at ${setting}.`
  }
  if (status === 404) {
    return `The model server knows no ${path} (404): look at OPENAI_BASE_URL, which mostly ends in /v1.`
  }
  return `The model server rejected the request (${status}).`
}

function limited(cause: Refusal, kind: UpstreamKind, message: string, headers: Headers | undefined): UpstreamError {
  const retryAt = readRetryAfter(headers?.get('retry-after'), new Date())
  return new UpstreamError('openai', kind, message, { cause, ...(retryAt && { retryAt }) })
}

/** What a failed request means; fetch reports timeout, abort and reset alike, so the signals are asked first. */
export function toUpstream(
  error: unknown,
  { caller, deadline }: { caller: AbortSignal; deadline: AbortSignal },
): UpstreamError {
  if (error instanceof UpstreamError) return error
  if (deadline.aborted) return failure('timeout', 'The model server did not answer in time.', error)
  if (caller.aborted) return failure('timeout', 'The request to the model server was given up.', caller.reason)
  const { code } = ((error as Error | null)?.cause ?? {}) as { code?: unknown }
  const how = typeof code === 'string' ? ` (${code})` : ''
  return failure('unavailable', `The model server could not be reached or its answer broke off${how}.`, error)
}
