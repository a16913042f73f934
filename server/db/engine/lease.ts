import type { ExpressionBuilder } from 'kysely'
import type { Claim } from '../../lease.ts'
import type { DB } from './schema.ts'

type Leased = 'mailboxes' | 'outbox' | 'traces' | 'grantRevocations'

/** What a claim writes into its row, beside the epoch that counts up. */
export function leaseOf({ holder, until }: Claim): { leaseHolder: string; leaseUntil: string } {
  return { leaseHolder: holder, leaseUntil: until }
}

/** Nobody holds the row, its lease has lapsed, or this very claim took it and the answer was lost. */
export function isFree<T extends Leased>(row: ExpressionBuilder<DB, T>, { now, holder }: Claim) {
  // Their columns of that name are alike, which the compiler does not see of a union.
  const eb = row as unknown as ExpressionBuilder<DB, 'outbox'>
  return eb.or([eb('leaseUntil', 'is', null), eb('leaseUntil', '<', now), eb('leaseHolder', '=', holder)])
}
