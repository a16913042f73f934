import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openDatabase } from '../../server/db/engine/connection.ts'
import { type SettingsChanges, updateSettings } from '../../server/db/accounts/settings.ts'
import { lapsedReservations } from '../../server/db/sweeps.ts'
import type { Amount } from '../../server/model-question.ts'
import type { Spender } from '../../server/ports.ts'
import { openBudget } from '../support/budget.ts'
import { bare, newFolder } from '../support/child.ts'
import { reportError } from '../support/migrate-all.ts'
import { newEmailRow, newOwnerRow } from '../support/rows.ts'
import { newTestDatabase } from '../support/test-database.ts'
import type { LedgerLine, Spending } from './spending-process.ts'

const stack = new AsyncDisposableStack()
afterAll(() => stack.disposeAsync())
const { config } = stack.use(await newTestDatabase())
if (config.kind !== 'native') throw new Error('races need a native database')
const { url } = config
const { db } = stack.use(await openDatabase({ ...config, maxConnections: 4 }, reportError))
const folder = stack.use(newFolder())

const processCount = 4
const workersEach = 4
const tolerance = 1e-9

async function startProcess() {
  const child = fork(join(import.meta.dirname, 'spending-process.ts'), [url], {
    execArgv: ['--no-warnings'],
    env: bare,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit')
  const kill = async () => {
    child.kill('SIGKILL')
    await ended
  }
  stack.defer(kill)
  const answered = async (word: string) => {
    const [answer] = await Promise.race([once(child, 'message'), ended])
    if (answer !== word) throw new Error(`a process ended instead of being ${word}`)
  }
  await answered('ready')
  return {
    kill,
    async spend(spending: Spending) {
      child.send(spending)
      await answered('done')
    },
  }
}

const start = (count: number) => Promise.all(Array.from({ length: count }, startProcess))
const processes = await start(processCount + 1)

/**
 * Four processes of four workers spend side by side, and one more is killed meanwhile, each of its workers waiting for an
 * answer. What it had reserved lapses when the others are through, and all try whether that lets them spend once more.
 * Answers the vendor's ledger, which also shows in what order things happened.
 */
async function race(spenders: readonly Spender[], systemCap: number | null, mostPerCall: Amount) {
  await db.deleteFrom('systemSpend').execute()
  const ledger = join(folder.path, randomUUID())
  const spending = { systemCap, mostPerCall, ledger }
  const share = (index: number) => spenders.slice(index * workersEach, (index + 1) * workersEach)
  const [doomed, ...others] = processes.splice(0)
  const spendAll = (seed: number) =>
    others.map((other, at) => other.spend({ ...spending, spenders: share(at), hangs: false, seed: seed + at }))
  await doomed?.spend({ ...spending, spenders: share(0), hangs: true, seed: 0 })
  await Promise.all([...spendAll(1), doomed?.kill()])

  const budget = openBudget(db, systemCap)
  budget.pass(6 * 60_000)
  const lapsed = await lapsedReservations(db, budget.now().toISOString(), 100)
  for (const { userId, id } of lapsed) await budget.settleLapsed(userId, id)
  await Promise.all(spendAll(11))
  processes.push(...others, ...(await start(1)))

  const lines = readFileSync(ledger, 'utf8').trim().split('\n')
  return { lines: lines.map((line) => JSON.parse(line) as LedgerLine), lapsed: lapsed.length }
}

/** What was charged or may still be, at its highest and in the end. A call without an answer counts as what it may cost. */
function totalsOf(lines: readonly LedgerLine[], unit: keyof Amount) {
  const calls = new Map<string, number>()
  let total = 0
  let highest = 0
  for (const line of lines) {
    total += line[unit] - (calls.get(line.call) ?? 0)
    calls.set(line.call, line[unit])
    highest = Math.max(highest, total)
  }
  return { total, highest }
}

interface Tight {
  readonly unit: keyof Amount
  readonly cap: number
  readonly mostPerCall: Amount
  readonly ledger: 'spend' | 'mailSpend' | 'systemSpend'
  readonly settings?: SettingsChanges
  readonly systemCap?: number
  readonly owners?: number
  /** All workers ask about the same mail. */
  readonly isOneMail?: boolean
}

// So few calls that all workers meet at the end of the budget at once.
const calls = 24
const money = { unit: 'cost', cap: 0.5, mostPerCall: { cost: 0.5 / calls, tokens: 10 } } as const
const tokens = { unit: 'tokens', cap: calls * 10, mostPerCall: { cost: 0, tokens: 10 } } as const

test.each<[string, Tight]>([
  ['an owner’s day in money', { ...money, ledger: 'spend', settings: { dailyModelBudget: money.cap } }],
  ['an owner’s day in tokens', { ...tokens, ledger: 'spend', settings: { dailyTokenBudget: tokens.cap } }],
  ['one mail', { ...money, ledger: 'mailSpend', isOneMail: true }],
  ['the whole system', { ...money, ledger: 'systemSpend', systemCap: money.cap, owners: 8 }],
])(
  '16 workers in 4 processes, beside one that is killed at work, never spend beyond the budget of %s',
  async (_, tight) => {
    const { unit, cap, mostPerCall, ledger, settings = {}, systemCap = 1_000, owners: count = 1, isOneMail } = tight
    const owners = await Promise.all(Array.from({ length: count }, () => newOwnerRow(db)))
    const spenders: Spender[] = []
    for (let worker = 0; worker < processCount * workersEach; worker++) {
      const owner = owners[worker % owners.length]
      if (!owner) throw new Error('there is no owner')
      await updateSettings(db, owner.userId, settings)
      const emailId = isOneMail && spenders[0]?.emailId ? spenders[0].emailId : await newEmailRow(db, owner)
      spenders.push({ userId: owner.userId, emailId })
    }

    const { lines, lapsed } = await race(spenders, systemCap, mostPerCall)
    const { total, highest } = totalsOf(lines, unit)
    expect(lapsed).toBe(workersEach)
    expect(new Set(lines.map(({ pid }) => pid)).size).toBeGreaterThanOrEqual(processCount - 1)
    expect(highest).toBeLessThanOrEqual(cap + tolerance)
    expect(total).toBeGreaterThan(cap / 2)

    const day = await db
      .selectFrom(ledger)
      .$if(ledger !== 'systemSpend', (query) => query.where('userId', '=', owners[0]?.userId ?? ''))
      .select(['reservedCost', 'settledCost', 'reservedTokens', 'settledTokens'])
      .executeTakeFirstOrThrow()
    const stored = { cost: Number(day.settledCost), tokens: day.settledTokens }
    expect([Number(day.reservedCost), day.reservedTokens]).toEqual([0, 0])
    expect(stored[unit]).toBeCloseTo(total, 9)
    expect(await db.selectFrom('spendReservations').select('id').execute()).toEqual([])
  },
)
