import type { CalendarEvents } from './calendar/model.ts'
import type { FaultBox } from './faults.ts'
import type { Ids } from './gmail/ids.ts'
import type { Mailbox } from './gmail/model.ts'
import type { Grants } from './oauth/grants.ts'
import type { Upstream } from './upstream.ts'

/** One Google account: its own emulate, and what the gateway keeps for it. */
export interface Account {
  readonly email: string
  readonly name: string
  readonly timeZone: string
  /** The `sub` of its ID tokens: the same after a restart, so that a kept database still knows the person. */
  readonly subject: string
  readonly upstream: Upstream
  readonly mailbox: Mailbox
  readonly events: CalendarEvents
  unitsUsed: number
  /** Where changes of the mailbox are published, until `expiresAt` (ms since 1970). */
  watch: { readonly topic: string; readonly expiresAt: number } | null
}

/** One request as the journal shows it; status 0 means that no answer left the house. */
export interface SandboxRequest {
  readonly method: string
  readonly path: string
  /** What follows the path, without its question mark. */
  readonly query: string
  readonly body: Buffer
  readonly email: string | undefined
  readonly at: Date
  status: number
  units: number
}

/** Everything the sandbox knows. */
export interface SandboxState {
  readonly clientId: string
  readonly clientSecret: string
  readonly rewriteMessageId: boolean
  /** Headers that mail loses when it is sent. */
  readonly dropHeaders: readonly string[]
  /** What an account may use in 60 s; null: as much as it likes. */
  readonly unitsPerMinute: number | null
  sentDelayMs: number
  readonly accounts: Map<string, Account>
  readonly grants: Grants
  readonly faults: FaultBox
  readonly journal: SandboxRequest[]
  readonly ids: Ids
  /** Who is told what is published. */
  readonly subscriptions: { readonly topic: string; publish(data: object): void }[]
}

/** A request of whom a test knows that the account exists. */
export function accountOf(state: SandboxState, email: string): Account {
  const account = state.accounts.get(email.toLowerCase())
  if (!account) throw new Error(`The sandbox has no account ${email}`)
  return account
}
