import type { Account, SandboxState } from './state.ts'

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

/** A call to the OAuth paths, where nobody is signed in yet. */
export interface OpenCall extends Call {
  readonly sandbox: SandboxState
}

/** A call with a live token of sufficient scope. */
export interface ApiCall extends Call {
  readonly sandbox: SandboxState
  readonly account: Account
  readonly scopes: ReadonlySet<string>
  /** The named parts of the path. */
  readonly params: Readonly<Record<string, string>>
}

export interface OpenRoute {
  method: string
  paths: readonly string[]
  handle(call: OpenCall): Answer | Promise<Answer>
}

export interface ApiRoute {
  method: string
  path: string
  /** Any one of these scopes suffices. */
  scopes: readonly string[]
  /** Quota units of one call. */
  units: number
  handle(call: ApiCall): Answer | Promise<Answer>
}

/** A 200 with this JSON. */
export function ok(body: object): Answer {
  return { status: 200, body }
}

/** The form in the body of a call. */
export function formOf(call: Call): URLSearchParams {
  return new URLSearchParams(call.body.toString('utf8'))
}
