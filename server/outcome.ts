import { isDatabaseAway } from './database-trouble.ts'
import { askedWaitMs, HeldError } from './errors.ts'

/**
 * What the failure of a piece of work says: `wait` for so long, as a service, a budget or another worker asked; `outside`
 * when the database is away, the process stops or somebody else has it, which tells nothing of the work and costs it no
 * try; `failed` otherwise.
 */
export type Outcome = { readonly kind: 'wait'; readonly waitMs: number } | { readonly kind: 'outside' | 'failed' }

export function outcomeOf(error: unknown, signal: AbortSignal): Outcome {
  const waitMs = error instanceof HeldError ? error.waitMs : askedWaitMs(error)
  if (waitMs !== undefined) return { kind: 'wait', waitMs }
  const isOutside = signal.aborted || isDatabaseAway(error) || error instanceof HeldError
  return { kind: isOutside ? 'outside' : 'failed' }
}
