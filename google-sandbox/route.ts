import type { Answer, Call } from './http.ts'
import type { Account, SandboxState } from './state.ts'

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
