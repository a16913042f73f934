import type { SandboxGoogle } from '../../../google-sandbox/sandbox.ts'
import type { TestApp, TestOwner } from '../../support/app.ts'
import type { httpClient } from '../../support/http-client.ts'
import type { Ending } from './ending.ts'

/** One way through the product, from a prepared world to its end. */
export interface Workflow {
  readonly name: string
  /** Its server asks a Gemini, which costs, in place of the offline model. */
  readonly isPaid?: boolean
  /** Prepares the world with the product itself, in this process; answers whose workflow it is, and how it begins. */
  arrange(app: TestApp): Promise<Arranged>
}

export interface Arranged {
  readonly owner: TestOwner
  /** What the person or the clock does. Whoever got no answer does it again once the server is back. */
  act(person: Person): Promise<void>
  /** What is wrong with the end, beyond what would be wrong with every one. */
  problems(ending: Ending): string[]
  /** For a workflow that ends without a usable mailbox: no mail can show at the end that everything still works. */
  readonly endsDisconnected?: boolean
  /** For one after which nothing of its owner is left. */
  readonly endsDeleted?: boolean
}

/** The owner in front of a browser, beside Google and the clock. */
export interface Person {
  readonly email: string
  readonly accessToken: string
  /** Of the server. */
  readonly url: string
  readonly api: Awaited<ReturnType<typeof httpClient>>
  readonly google: SandboxGoogle
  /** The jobs of the next minute run. */
  minute(): Promise<void>
}
