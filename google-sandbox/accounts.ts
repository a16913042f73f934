import { createHash } from 'node:crypto'
import { createMailbox } from './gmail/mailbox.ts'
import { publishChange } from './gmail/watch.ts'
import type { Account, SandboxState } from './state.ts'
import { startUpstream } from './upstream.ts'

export interface NewAccount {
  email: string
  name?: string
  timeZone?: string
}

/** Opens a Google account: its emulate, an empty mailbox, a primary calendar. */
export async function openAccount(
  state: SandboxState,
  { email: given, name = given.split('@')[0] ?? given, timeZone = 'UTC' }: NewAccount,
): Promise<void> {
  const email = given.toLowerCase()
  if (state.accounts.has(email)) throw new Error(`The sandbox already has an account ${email}`)
  const upstream = await startUpstream({ email, name, timeZone }, state)
  const account: Account = {
    email,
    name,
    timeZone,
    subject: subjectOf(email),
    upstream,
    mailbox: createMailbox(state.ids, () => publishChange(state, account)),
    events: new Map(),
    unitsUsed: 0,
    watch: null,
  }
  state.accounts.set(email, account)
}

/** 21 digits, like Google's. */
function subjectOf(email: string): string {
  const number = BigInt(`0x${createHash('sha256').update(email).digest('hex')}`) % 10n ** 20n
  return `1${number.toString().padStart(20, '0')}`
}
