import { sql } from 'kysely'
import { pino } from 'pino'
import { expect, test, vi } from 'vitest'
import { startPgClock } from '../../server/adapters/pg-clock.ts'
import { openDatabase } from '../../server/db/engine/connection.ts'
import { reportError } from '../support/migrate-all.ts'
import { newTestDatabase } from '../support/test-database.ts'

const logger = pino({ level: 'silent' })

test('a process whose own clock is five minutes off still knows the time of the database', async () => {
  await using copy = await newTestDatabase()
  await using database = await openDatabase(copy.config, reportError)
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5 * 60_000 })
  try {
    await using clock = await startPgClock(database.db, logger)
    const { rows } = await sql<{ ms: number }>`
      select extract(epoch from clock_timestamp())::float8 * 1000 as ms`.execute(database.db)
    // The embedded database lives in this process and shares its clock: then both are five minutes off together.
    expect(Math.abs(clock.now().getTime() - (rows[0]?.ms ?? 0))).toBeLessThan(60_000)
  } finally {
    vi.useRealTimers()
  }
})

test('the clock goes on while the database is away', async () => {
  await using copy = await newTestDatabase()
  const database = await openDatabase(copy.config, reportError)
  await using clock = await startPgClock(database.db, logger, { everyMs: 5 })
  const before = clock.now().getTime()
  await database[Symbol.asyncDispose]()
  await expect(startPgClock(database.db, logger)).rejects.toThrow(/destroyed|closed/)
  expect(clock.now().getTime()).toBeGreaterThanOrEqual(before)
})
