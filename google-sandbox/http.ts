/** A request as it came in, or one part of a batch. */
export interface Call {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Record<string, string | undefined>
  readonly body: Buffer
}

/** What is written back: an object goes out as JSON. */
export interface Answer {
  status: number
  headers?: Record<string, string>
  body?: string | object | undefined
}

/** A 200 with this JSON. */
export function ok(body: object): Answer {
  return { status: 200, body }
}

/** The form in the body of a call. */
export function formOf(call: Call): URLSearchParams {
  return new URLSearchParams(call.body.toString('utf8'))
}
