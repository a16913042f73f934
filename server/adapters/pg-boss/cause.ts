import { traceparent } from '../../tracing.ts'

// A job carries the W3C traceparent of what enqueued it, beside its payload and unknown to its handler.

interface Caused {
  readonly traceparent?: unknown
}

/** The payload as it is put into the queue. */
export function withCause<T extends object>(payload: T): T & Caused {
  const cause = traceparent()
  return cause === undefined ? payload : { ...payload, traceparent: cause }
}

/** The payload and its cause apart again. */
export function splitCause(data: object): { payload: object; cause: string | undefined } {
  const { traceparent: cause, ...payload } = data as Caused
  return { payload, cause: typeof cause === 'string' ? cause : undefined }
}
