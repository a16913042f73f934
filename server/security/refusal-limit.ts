import { RateLimiterMemory } from 'rate-limiter-flexible'
import { tooMany } from './attempt-limits.ts'
import { networkOf } from './network.ts'

/** Slows a network down that is refused again and again. */
export interface RefusalLimit {
  /** RATE_LIMITED when this network has had its refusals for now. */
  check(clientAddress: string): Promise<void>
  countRefusal(clientAddress: string): Promise<void>
}

/**
 * Counted in memory, other than every limit that matters: it saves this process's time and guards nothing else, and a
 * row in the database would cost more than the refusal.
 */
export function createRefusalLimit({
  refusals,
  windowSeconds,
}: {
  refusals: number
  windowSeconds: number
}): RefusalLimit {
  const limiter = new RateLimiterMemory({ points: refusals, duration: windowSeconds })
  return {
    async check(clientAddress) {
      const counted = await limiter.get(networkOf(clientAddress))
      if (counted && counted.consumedPoints >= refusals) throw tooMany(counted)
    },
    async countRefusal(clientAddress) {
      await limiter.penalty(networkOf(clientAddress))
    },
  }
}
