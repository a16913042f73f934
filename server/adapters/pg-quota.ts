import { setTimeout as sleep } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import { emptyQuota, reserveQuota } from '../db/system/quota-buckets.ts'
import type { DB } from '../db/engine/schema.ts'
import { UpstreamError } from '../errors.ts'
import { step } from '../step.ts'
import type { QuotaBucket } from './google/client.ts'

/** Of a minute's units: 92 % evenly, 4 % at once. What is left covers calls that arrive later than they were let go. */
const sustained = 0.92
const burst = 0.04
const longestWaitSeconds = 15

/**
 * Gmail's quota of each mailbox, shared by all processes on the database's clock. In no 60 s more than `unitsPerMinute`
 * are handed out, and under steady demand at least 90 % of them. A reservation that is given up is not returned.
 */
export function createPgQuota({ db, logger }: { db: Kysely<DB>; logger: Logger }, unitsPerMinute: number): QuotaBucket {
  const secondsPerUnit = 60 / (unitsPerMinute * sustained)
  const burstSeconds = unitsPerMinute * burst * secondsPerUnit
  return {
    async take({ mailboxId }, units, signal) {
      const reservation = { costSeconds: units * secondsPerUnit, burstSeconds, longestWaitSeconds }
      const { isReserved, waitSeconds } = await step('take-quota', () => reserveQuota(db, mailboxId, reservation))
      const waitMs = Math.ceil(waitSeconds * 1_000)
      if (!isReserved) {
        const retryAt = new Date(Date.now() + waitMs)
        throw new UpstreamError('gmail', 'rate_limited', 'The quota of the mailbox is used up for the moment.', {
          retryAt,
        })
      }
      if (waitMs === 0) return
      await sleep(waitMs, undefined, signal ? { signal } : {}).catch((cause: unknown) => {
        throw new UpstreamError('gmail', 'timeout', 'The call to Gmail was given up before it was made.', { cause })
      })
    },

    async block({ userId, mailboxId }, waitMs) {
      try {
        const empty = { forSeconds: waitMs / 1_000, burstSeconds }
        await step('block-quota', () => emptyQuota(db, mailboxId, empty))
      } catch (error) {
        logger.warn({ err: error, userId, mailboxId }, 'that Gmail asks for a pause could not be noted')
      }
    },
  }
}
