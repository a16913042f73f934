import { sql } from 'kysely'
import type { TestApp } from '../../../support/app.ts'

interface Held {
  readonly key: string
  /** Moves on when somebody takes the row over, or it ends. */
  readonly mark: string
}

/** How long what was under way at a kill stood still: until it was taken over or had ended. */
export interface RecoveryWatch {
  /** Call right after a kill. */
  killed(): Promise<void>
  /** Call often: sees what has gone on since. */
  look(): Promise<void>
  /** Time in which nothing could go on, such as an outage: it counts for nobody. */
  leaveOut(ms: number): void
  /** Seconds; what still stands counts up to now. */
  slowest(): number
}

export function watchRecovery(app: TestApp): RecoveryWatch {
  const standing = new Map<string, { mark: string; since: number }>()
  let slowestMs = 0
  let leftOutMs = 0
  const now = () => performance.now() - leftOutMs

  return {
    async killed() {
      const since = now()
      for (const { key, mark } of await heldRows(app)) {
        // Still the same hold as at an earlier kill: its time goes on.
        if (standing.get(key)?.mark !== mark) standing.set(key, { mark, since })
      }
    },
    async look() {
      if (standing.size === 0) return
      const held = new Map((await heldRows(app)).map(({ key, mark }) => [key, mark]))
      for (const [key, { mark, since }] of standing) {
        if (held.get(key) === mark) continue
        slowestMs = Math.max(slowestMs, now() - since)
        standing.delete(key)
      }
    },
    leaveOut(ms) {
      leftOutMs += ms
    },
    slowest() {
      const waiting = [...standing.values()].map(({ since }) => now() - since)
      return Math.round(Math.max(slowestMs, ...waiting)) / 1_000
    },
  }
}

/** Runs, sends and mailboxes that a worker has leased, with the epoch of its claim. */
async function heldRows({ db }: TestApp): Promise<Held[]> {
  const { rows } = await sql<Held>`
    select 'run ' || id as key, epoch || status as mark from traces where status = 'running'
    union all
    select 'send ' || id, epoch || state from outbox where state in ('READY', 'SENDING') and lease_until is not null
    union all
    select 'mailbox ' || id, lease_epoch::text from mailboxes where lease_until is not null`.execute(db)
  return rows
}
