import { setTimeout as sleep } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import { newestNotifications } from '../db/accounts/notifications.ts'
import type { DB } from '../db/engine/schema.ts'
import { AppError } from '../errors.ts'
import type { NotificationFeed } from '../ports.ts'

/** Tabs and devices of one owner, in one process. */
const mostStreams = 10

interface Waiter {
  readonly userId: string
  readonly after: number
  wake(): void
}

/**
 * Asks once a second for the newest notification of every owner somebody waits for, in one query, whoever wrote it in
 * whichever process; while nobody waits nothing is asked. What is new is read by whoever waited, as far as its client
 * takes it, so nothing is kept here.
 */
export function createPgNotificationFeed(
  { db, logger, stopping }: { db: Kysely<DB>; logger: Pick<Logger, 'warn'>; stopping: AbortSignal },
  { pollMs = 1_000, longestWaitMs = 30_000 }: { pollMs?: number; longestWaitMs?: number } = {},
): NotificationFeed {
  const waiting = new Set<Waiter>()
  const streams = new Map<string, number>()
  let isPolling = false
  let isAway = false

  async function poll(): Promise<void> {
    if (isPolling) return
    isPolling = true
    while (waiting.size > 0 && !stopping.aborted) {
      await sleep(pollMs, undefined, { ref: false })
      await wakeWhoHasNews()
    }
    isPolling = false
  }

  async function wakeWhoHasNews(): Promise<void> {
    const asked = [...waiting]
    if (asked.length === 0) return
    try {
      const owners = [...new Set(asked.map(({ userId }) => userId))]
      const newest = new Map((await newestNotifications(db, owners)).map(({ userId, id }) => [userId, id]))
      for (const { userId, after, wake } of asked) if ((newest.get(userId) ?? 0) > after) wake()
      isAway = false
    } catch (error) {
      if (!isAway) logger.warn({ err: error }, 'new notifications could not be asked for')
      isAway = true
    }
  }

  return {
    listen(userId) {
      const open = streams.get(userId) ?? 0
      if (open >= mostStreams) throw new AppError('RATE_LIMITED', `There are ${mostStreams} streams open already.`)
      streams.set(userId, open + 1)
      return {
        [Symbol.dispose]() {
          const left = (streams.get(userId) ?? 1) - 1
          if (left === 0) streams.delete(userId)
          else streams.set(userId, left)
        },
      }
    },
    async wait(userId, after, signal) {
      const woken = Promise.withResolvers<void>()
      const waiter = { userId, after, wake: () => woken.resolve() }
      const timer = setTimeout(waiter.wake, longestWaitMs)
      signal.addEventListener('abort', waiter.wake, { once: true })
      waiting.add(waiter)
      void poll()
      if (signal.aborted) waiter.wake()
      await woken.promise
      waiting.delete(waiter)
      signal.removeEventListener('abort', waiter.wake)
      clearTimeout(timer)
    },
  }
}
