import { randomUUID } from 'node:crypto'
import { handleWhen, IterableBackoff, retry } from 'cockatiel'
import type { Logger } from 'pino'
import { isDatabaseAway } from './database-trouble.ts'
import { HeldError } from './errors.ts'
import type { Clock } from './ports.ts'

// A run, a send and the sync of a mailbox are each worked on by one worker at a time. It claims the row, which counts
// its epoch up; every update after that is fenced by the epoch and renews the lease or gives it back; and a worker that
// died is followed by another when its lease has lapsed. What is not to be had is HeldError, which costs no try.

const leaseMs = 60_000
const shortestWaitMs = 1_000
/** Whoever holds it may be done long before the lease lapses. */
const longestWaitMs = 5_000

/** What a claim writes into its row. */
export interface Claim {
  readonly holder: string
  readonly now: string
  readonly until: string
}

/**
 * Claims by `take`. Where the answer was lost with the connection it is asked again: the row knows its holder, who else
 * would wait for their own lease to lapse.
 */
export function claim<T>(clock: Clock, take: (claim: Claim) => Promise<T>): Promise<T> {
  const holder = randomUUID()
  return retryWhileAway.execute(() => take({ holder, now: clock.now().toISOString(), until: leaseUntil(clock) }))
}

/** Until when a lease stands that is taken or renewed now. */
export function leaseUntil(clock: Clock): string {
  return new Date(clock.now().getTime() + leaseMs).toISOString()
}

/** Another worker holds it: to be retried soon. */
export function heldByAnother(clock: Clock, what: string, until: string | null): HeldError {
  const leftMs = new Date(until ?? 0).getTime() - clock.now().getTime()
  return new HeldError(`${what} is held by another worker`, Math.min(Math.max(leftMs, shortestWaitMs), longestWaitMs))
}

/** A fenced update has met the row of a later claim, or a settled one. */
export function takenOver(what: string): HeldError {
  return new HeldError(`${what} was taken over by another worker, or has ended`)
}

/** Gives a lease back after a failure, which it must not hide by one of its own. */
export async function release(
  { logger }: { readonly logger: Logger },
  facts: Readonly<Record<string, string>>,
  giveBack: () => Promise<unknown>,
): Promise<void> {
  try {
    await retryWhileAway.execute(giveBack)
  } catch (failure) {
    // Another claim has followed: there is nothing to give back.
    if (failure instanceof HeldError) return
    logger.warn({ err: failure, ...facts }, 'a lease could not be given back')
  }
}

/** A server that restarts, or is asked by too many at once, is back by then. */
const pausesMs = [250, 1_000, 2_000, 5_000, 10_000]

/** Does it again on another connection where only the connection was lost: for what may be done twice. */
const retryWhileAway = retry(handleWhen(isDatabaseAway), {
  maxAttempts: pausesMs.length,
  backoff: new IterableBackoff(pausesMs),
}).dangerouslyUnref()
