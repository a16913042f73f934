import type { Kysely } from 'kysely'
import { createPgBudget } from '../../server/adapters/pg-budget.ts'
import type { DB } from '../../server/db/engine/schema.ts'
import { createLogger } from '../../server/logger.ts'

const logger = createLogger({ level: 'silent', pretty: false })

/** The budgets of one process, on a clock that stands until it is set. */
export function openBudget(db: Kysely<DB>, systemCap: number | null = null, start = '2026-03-03T12:00:00.000Z') {
  let now = new Date(start)
  const clock = { now: () => now }
  return {
    ...createPgBudget({ db, clock, logger }, systemCap),
    now: () => now,
    pass: (ms: number) => void (now = new Date(now.getTime() + ms)),
  }
}

/** What an owner's day comes to. */
export async function readSpend(db: Kysely<DB>, userId: string) {
  const rows = await db
    .selectFrom('spend')
    .where('userId', '=', userId)
    .orderBy('day')
    .select(['reservedCost', 'settledCost', 'reservedTokens', 'settledTokens'])
    .execute()
  return rows.map((row) => ({
    reserved: Number(row.reservedCost),
    settled: Number(row.settledCost),
    tokens: row.reservedTokens + row.settledTokens,
  }))
}

export const readSystemSpend = async (db: Kysely<DB>) => {
  const rows = await db.selectFrom('systemSpend').orderBy('day').select(['reservedCost', 'settledCost']).execute()
  return rows.map((row) => ({ reserved: Number(row.reservedCost), settled: Number(row.settledCost) }))
}
