import { createFaultBox } from './faults.ts'
import type { Account, SandboxState } from './state.ts'

/**
 * Remembers every mailbox and grant as it is now. What it answers puts them back, as often as wanted, and lifts every
 * fault. What emulate keeps (calendars, labels) is left as it is.
 */
export function takeCheckpoint(state: SandboxState): () => void {
  const grants = copyOf(state.grants)
  const { sentDelayMs } = state
  const accounts = [...state.accounts.values()].map((account) => [account, copyOf(kept(account))] as const)
  return () => {
    Object.assign(state, { grants: copyOf(grants), sentDelayMs, faults: createFaultBox() })
    for (const [account, saved] of accounts) Object.assign(account, copyOf(saved))
  }
}

function kept({ upstream: _upstream, events: _events, ...rest }: Account): Partial<Account> {
  return rest
}

/** A deep copy in which what was one object stays one; bytes, dates and functions are shared. */
function copyOf<T>(value: T, copies = new Map<unknown, unknown>()): T {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value) || value instanceof Date) return value
  const known = copies.get(value)
  if (known) return known as T
  if (value instanceof Map) {
    const copy = new Map<unknown, unknown>()
    copies.set(value, copy)
    for (const [key, item] of value) copy.set(key, copyOf(item, copies))
    return copy as T
  }
  if (value instanceof Set) return new Set([...value].map((item) => copyOf(item, copies))) as T
  const copy = (Array.isArray(value) ? [] : {}) as Record<string, unknown>
  copies.set(value, copy)
  for (const [key, item] of Object.entries(value)) copy[key] = copyOf(item, copies)
  return copy as T
}
