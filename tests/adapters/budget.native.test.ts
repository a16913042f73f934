import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { openDatabase } from '../../server/db/engine/connection.ts'
import { updateSettings } from '../../server/db/accounts/settings.ts'
import { isBudgetExhausted } from '../../server/errors.ts'
import { openBudget, readSpend, readSystemSpend } from '../support/budget.ts'
import { reportError } from '../support/migrate-all.ts'
import { newOwnerRow } from '../support/rows.ts'
import { Random } from '../support/seeded-random.ts'
import { newTestDatabase } from '../support/test-database.ts'

const stack = new AsyncDisposableStack()
afterAll(() => stack.disposeAsync())
const { config } = stack.use(await newTestDatabase())
if (config.kind !== 'native') throw new Error('races need a native database')

/** As many processes, each with its own connections. */
const pools = await Promise.all(
  Array.from({ length: 4 }, async () => stack.use(await openDatabase({ ...config, maxConnections: 4 }, reportError))),
)
const [{ db } = { db: undefined }] = pools
if (!db) throw new Error('there is no database')

const workers = 16
const mostPerCall = 0.01
const random = new Random(20_261_129)

/** 16 workers ask until they are refused three times each; answers what was really spent, by owner. */
async function race(
  owners: readonly string[],
  systemCap: number | null,
  onCall = (_call: number): unknown => undefined,
) {
  const spent = new Map(owners.map((userId) => [userId, 0]))
  const processes = pools.map((pool) => openBudget(pool.db, systemCap))
  let calls = 0
  const work = async (worker: number) => {
    const budget = processes[worker % processes.length]
    const userId = owners[worker % owners.length] ?? ''
    for (let refusals = 0; refusals < 3;) {
      const cost = Math.round(random.next() * mostPerCall * 1e6) / 1e6
      try {
        await budget?.spend({ userId }, { cost: mostPerCall, tokens: 10 }, async () => {
          await onCall(++calls)
          await sleep(random.next() * 3)
          spent.set(userId, (spent.get(userId) ?? 0) + cost)
          return { answer: null, used: { cost, tokens: 5 } }
        })
      } catch (error) {
        if (!isBudgetExhausted(error)) throw error
        refusals += 1
        await sleep(random.next() * 3)
      }
    }
  }
  await Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)))
  return spent
}

const sum = (amounts: Iterable<number>) => [...amounts].reduce((total, amount) => total + amount, 0)
const tolerance = 1e-9

test("16 workers in 4 processes spend an owner's budget nearly whole, and never beyond it", async () => {
  const { userId } = await newOwnerRow(db)
  await updateSettings(db, userId, { dailyModelBudget: 0.5 })
  const spent = sum((await race([userId], null)).values())
  expect(spent).toBeLessThanOrEqual(0.5 + tolerance)
  expect(spent).toBeGreaterThan(0.5 - workers * mostPerCall)
  const [day] = await readSpend(db, userId)
  expect(day?.reserved).toBe(0)
  expect(day?.settled).toBeCloseTo(spent, 9)
  await sql`truncate system_spend`.execute(db)
})

test("16 workers of 8 owners never spend more than the system's budget", async () => {
  const owners = await Promise.all(Array.from({ length: 8 }, async () => (await newOwnerRow(db)).userId))
  const spent = sum((await race(owners, 0.5)).values())
  expect(spent).toBeLessThanOrEqual(0.5 + tolerance)
  expect(spent).toBeGreaterThan(0.5 - workers * mostPerCall)
  const [day] = await readSystemSpend(db)
  expect(day?.reserved).toBe(0)
  expect(day?.settled).toBeCloseTo(spent, 9)
  expect(await db.selectFrom('spendReservations').select('id').execute()).toEqual([])
})

test('a budget lowered while 16 workers spend lets nothing begin beyond it', async () => {
  const { userId } = await newOwnerRow(db)
  await updateSettings(db, userId, { dailyModelBudget: 5 })
  let atLowering = 0
  let begunBeyond = 0
  const spent = await race([userId], null, async (call) => {
    const [day] = await readSpend(db, userId)
    if (atLowering > 0) begunBeyond = Math.max(begunBeyond, (day?.reserved ?? 0) + (day?.settled ?? 0) - atLowering)
    if (call !== 60) return
    await updateSettings(db, userId, { dailyModelBudget: 0 })
    const [lowered] = await readSpend(db, userId)
    atLowering = (lowered?.reserved ?? 0) + (lowered?.settled ?? 0)
  })
  expect(atLowering).toBeGreaterThan(0)
  expect(begunBeyond).toBeLessThanOrEqual(tolerance)
  expect(sum(spent.values())).toBeLessThanOrEqual(atLowering + tolerance)
})
