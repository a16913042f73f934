import { GoogleError } from './errors.ts'
import type { Account, SandboxRequest, SandboxState } from './state.ts'

const minuteMs = 60_000

/** Counts the units of a call; where a limit is enforced, refuses the call that would exceed it within a minute. */
export function spendUnits(
  { journal, unitsPerMinute }: SandboxState,
  account: Account,
  { entry, units }: { entry: SandboxRequest; units: number },
): void {
  if (unitsPerMinute !== null && unitsSince(journal, account.email, Date.now() - minuteMs) + units > unitsPerMinute) {
    throw new GoogleError(429, 'rateLimitExceeded', "Quota exceeded for quota metric 'Queries' and limit per user.")
  }
  entry.units = units
  account.unitsUsed += units
}

function unitsSince(journal: readonly SandboxRequest[], email: string, since: number): number {
  let units = 0
  for (let index = journal.length - 1; index >= 0; index -= 1) {
    const entry = journal[index]
    if (!entry || entry.at.getTime() <= since) break
    if (entry.email === email) units += entry.units
  }
  return units
}

/** The most units an account used in any 60 s. */
export function busiestMinute(journal: readonly SandboxRequest[], email: string): number {
  const own = journal.filter((entry) => entry.email === email)
  let most = 0
  let units = 0
  let first = 0
  for (const entry of own) {
    units += entry.units
    for (let oldest = own[first]; oldest && entry.at.getTime() - oldest.at.getTime() >= minuteMs; oldest = own[first]) {
      units -= oldest.units
      first += 1
    }
    most = Math.max(most, units)
  }
  return most
}
