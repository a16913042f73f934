import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../../server/db/engine/connection.ts'
import { isBudgetExhausted } from '../../server/errors.ts'
import type { Amount } from '../../server/model-question.ts'
import type { Spender } from '../../server/ports.ts'
import { openBudget } from '../support/budget.ts'
import { reportError } from '../support/migrate-all.ts'
import { Random } from '../support/seeded-random.ts'

/** What a process is told to do: one worker a spender asks until it is refused three times. */
export interface Spending {
  readonly spenders: readonly Spender[]
  readonly systemCap: number | null
  readonly mostPerCall: Amount
  /** Each worker's first call gets no answer, and the worker stops there. */
  readonly hangs: boolean
  /** The file that all processes add to. */
  readonly ledger: string
  readonly seed: number
}

/** A line of the ledger, which the vendor would keep: what a call that has begun may cost, then what it did. */
export interface LedgerLine extends Amount {
  readonly call: string
  readonly pid: number
}

/** Calls of one worker, more than the budget of all allows: one that refuses nobody must come to an end too. */
const enough = 40

const [, , url = ''] = process.argv
const { db } = await openDatabase({ kind: 'native', url, maxConnections: 4 }, reportError)

process.on('message', (spending: Spending) => {
  void spend(spending).then(() => process.send?.('done'))
})
process.send?.('ready')

async function spend({ spenders, systemCap, mostPerCall, hangs, ledger, seed }: Spending): Promise<void> {
  const budget = openBudget(db, systemCap)
  const random = new Random(seed)
  const note = (call: string, { cost, tokens }: Amount) =>
    appendFileSync(ledger, `${JSON.stringify({ call, pid: process.pid, cost, tokens } satisfies LedgerLine)}\n`)

  async function work(spender: Spender, worker: number): Promise<void> {
    let refusals = 0
    for (let number = 1; refusals < 3 && number <= enough; number++) {
      const call = `${process.pid}.${worker}.${number}`
      const isHanging = Promise.withResolvers<'hanging'>()
      // Many cost the whole, so that one call too many shows.
      const share = Math.min(1, 0.5 + random.next())
      const used = { cost: share * mostPerCall.cost, tokens: Math.ceil(share * mostPerCall.tokens) }
      const ask = budget.spend(spender, mostPerCall, async () => {
        note(call, mostPerCall)
        if (hangs) {
          isHanging.resolve('hanging')
          await new Promise<never>(() => {})
        }
        await sleep(random.next() * 3)
        note(call, used)
        return { answer: 'answered', used }
      })
      try {
        if ((await Promise.race([ask, isHanging.promise])) === 'hanging') return
      } catch (error) {
        if (!isBudgetExhausted(error)) throw error
        refusals += 1
        await sleep(random.next() * 3)
      }
    }
  }
  await Promise.all(spenders.map(work))
}
