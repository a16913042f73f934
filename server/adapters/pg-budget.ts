import type { Kysely, Transaction } from 'kysely'
import type { Logger } from 'pino'
import { insertNotification } from '../db/accounts/notifications.ts'
import type { DB } from '../db/engine/schema.ts'
import {
  type Charge,
  lockBudgets,
  insertReservation,
  claimBudgetNotice,
  reserveOfMail,
  reserveOfOwner,
  reserveOfSystem,
  settleReservation,
} from '../db/system/spend.ts'
import { AppError, isBudgetExhausted, isUpstream } from '../errors.ts'
import type { Amount } from '../model-question.ts'
import type { Clock, ModelBudget, Spender } from '../ports.ts'
import { inTransaction } from '../step.ts'

/**
 * What one mail may cost in a day: some fifty ordinary ones. Only a run that goes in circles gets there, or somebody
 * who keeps asking for another draft.
 */
const mailCap: Amount = { cost: 0.5, tokens: 1_000_000 }
/** Far beyond the deadline of any call: what is still reserved then was left by a process that died. */
const lapseMs = 5 * 60_000
const dayMs = 86_400_000

interface Reservation {
  readonly userId: string
  readonly id: string
}

/** The budgets of all processes, as rows: each owner's day, each mail's, and the whole system's (`systemCap`, US dollars). */
export function createPgBudget(
  { db, clock, logger }: { db: Kysely<DB>; clock: Clock; logger: Logger },
  systemCap: number | null,
): ModelBudget {
  async function reserve(trx: Transaction<DB>, { userId, emailId }: Spender, most: Amount, now: Date) {
    const charge: Charge = { day: dayOf(now), emailId: emailId ?? null }
    if (!(await reserveOfOwner(trx, userId, charge, most, await lockBudgets(trx, userId)))) {
      throw exhausted('Your budget for the model is used up for today.', now)
    }
    if (emailId !== undefined && !(await reserveOfMail(trx, userId, charge, most, mailCap))) {
      throw exhausted('This mail has used up what one mail may cost in a day.', now)
    }
    if (!(await reserveOfSystem(trx, charge, most, { cost: systemCap, tokens: null }))) {
      throw exhausted("This server's budget for the model is used up for today.", now)
    }
    const lapsesAt = new Date(now.getTime() + lapseMs).toISOString()
    return { userId, id: await insertReservation(trx, userId, charge, most, lapsesAt) }
  }

  /** Its failure must not hide the answer that was paid for: the sweep settles what stays. */
  async function settle({ userId, id }: Reservation, used: Amount | null): Promise<void> {
    try {
      await inTransaction({ db }, 'settle-spend', (trx) => settleReservation(trx, userId, id, used))
    } catch (error) {
      logger.warn({ err: error, userId }, 'what a call of the model has cost could not be noted')
    }
  }

  async function tell(userId: string, error: AppError, now: Date): Promise<void> {
    await inTransaction({ db }, 'tell-of-budget', async (trx) => {
      if (!(await claimBudgetNotice(trx, userId, dayOf(now), now.toISOString()))) return
      await insertNotification(trx, userId, 'budget_exhausted', { reason: error.message }, now.toISOString())
    })
  }

  return {
    async spend(spender, most, call) {
      if (spender.emailId !== undefined && (most.cost > mailCap.cost || most.tokens > mailCap.tokens)) {
        throw new AppError('BUDGET_EXHAUSTED', 'This mail is so long that the model would cost more than a mail may.')
      }
      const now = clock.now()
      const reservation = await inTransaction({ db }, 'reserve-spend', (trx) => reserve(trx, spender, most, now)).catch(
        async (error: unknown) => {
          if (isBudgetExhausted(error)) await tell(spender.userId, error, now)
          throw error
        },
      )
      try {
        const { answer, used } = await call()
        await settle(reservation, used)
        return answer
      } catch (error) {
        await settle(reservation, wasNotMade(error) ? { cost: 0, tokens: 0 } : null)
        throw error
      }
    },
    settleLapsed: (userId, id) =>
      inTransaction({ db }, 'settle-lapsed-spend', (trx) => settleReservation(trx, userId, id, null)),
  }
}

/** Nobody pays for a call that was not begun, or that the vendor turned away; of any other, nobody knows. */
function wasNotMade(error: unknown): boolean {
  return isUpstream(error) && (error.wasNotMade || error.kind === 'rejected' || error.kind === 'rate_limited')
}

/** It goes on with the next day in UTC. */
function exhausted(message: string, now: Date): AppError {
  const waitMs = dayMs - (now.getTime() % dayMs)
  return new AppError('BUDGET_EXHAUSTED', message, { retryAfterSeconds: Math.ceil(waitMs / 1_000) })
}

function dayOf(now: Date): string {
  return now.toISOString().slice(0, 10)
}
