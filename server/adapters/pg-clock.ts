import { type Kysely, sql } from 'kysely'
import type { Logger } from 'pino'
import type { DB } from '../db/engine/schema.ts'
import type { Clock } from '../ports.ts'

/**
 * The database's time. Leases, undo windows and retry times are compared by every process: a machine whose own clock
 * is minutes off would take over what others hold, or send before the owner's window has ended. Asked anew every
 * `everyMs` (default 30 s); in between, and while the database is away, this process's steady timer carries it on.
 */
export async function startPgClock(
  db: Kysely<DB>,
  logger: Pick<Logger, 'warn'>,
  { everyMs = 30_000 }: { everyMs?: number } = {},
): Promise<Clock & AsyncDisposable> {
  let origin = await measureOrigin(db)
  let measuring: Promise<void> = Promise.resolve()
  const measureAgain = async () => {
    try {
      origin = await measureOrigin(db)
    } catch (error) {
      logger.warn({ err: error }, 'the time of the database could not be asked')
    }
  }
  const timer = setInterval(() => void (measuring = measureAgain()), everyMs).unref()
  return {
    now: () => new Date(origin + performance.now()),
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await measuring
    },
  }
}

/** The instant at which this process's steady timer stood at 0, in milliseconds since 1970; off by half a round trip. */
async function measureOrigin(db: Kysely<DB>): Promise<number> {
  const asked = performance.now()
  const { rows } = await sql<{ ms: number }>`select extract(epoch from clock_timestamp())::float8 * 1000 as ms`.execute(
    db,
  )
  const answered = performance.now()
  const [row] = rows
  if (!row) throw new Error('the database told no time')
  return row.ms - (asked + answered) / 2
}
