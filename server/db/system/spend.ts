import { randomUUID } from 'node:crypto'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Amount } from '../../model-question.ts'
import type { DB } from '../engine/schema.ts'

/** What may be spent in a day; null: as much as one likes. */
export interface Cap {
  readonly cost: number | null
  readonly tokens: number | null
}

/** Whose day an amount is charged to; the mail only where the call is about one. */
export interface Charge {
  /** In UTC, `2026-11-29`. */
  readonly day: string
  readonly emailId: string | null
}

/**
 * The budgets of an owner, which cannot be lowered before the transaction ends. Not `for share`: calls that overlap
 * without end would keep the owner from changing them at all.
 */
export async function lockBudgets(trx: Kysely<DB>, userId: string): Promise<Cap> {
  const { rows } = await sql<{ cost: number; tokens: number }>`
    select daily_model_budget as cost, daily_token_budget as tokens
    from settings where user_id = ${userId} for no key update`.execute(trx)
  const [budgets] = rows
  if (!budgets) throw new Error('the owner has no settings')
  return budgets
}

export function reserveOfOwner(trx: Kysely<DB>, userId: string, { day }: Charge, most: Amount, cap: Cap) {
  return reserve(trx, ownersDay(userId, day), most, cap)
}

export function reserveOfMail(trx: Kysely<DB>, userId: string, { day, emailId }: Charge, most: Amount, cap: Cap) {
  return reserve(trx, mailsDay(userId, day, emailId), most, cap)
}

/** All owners share it, so it comes last: whoever has its row waits for nobody. */
export function reserveOfSystem(trx: Kysely<DB>, { day }: Charge, most: Amount, cap: Cap) {
  return reserve(trx, systemsDay(day), most, cap)
}

/** What is found by the sweep if nobody settles it. Answers its id. */
export async function insertReservation(
  trx: Kysely<DB>,
  userId: string,
  { day, emailId }: Charge,
  { cost, tokens }: Amount,
  lapsesAt: string,
): Promise<string> {
  const id = randomUUID()
  await trx
    .insertInto('spendReservations')
    .values({ userId, id, day, emailId, cost: String(cost), tokens, lapsesAt })
    .execute()
  return id
}

/** What was reserved becomes what was spent, the whole of it when `used` is null; once, whoever comes first. */
export async function settleReservation(
  trx: Kysely<DB>,
  userId: string,
  reservationId: string,
  used: Amount | null,
): Promise<void> {
  const reserved = await trx
    .deleteFrom('spendReservations')
    .where('userId', '=', userId)
    .where('id', '=', reservationId)
    .returning(['day', 'emailId', 'cost', 'tokens'])
    .executeTakeFirst()
  if (!reserved) return
  const { day, emailId } = reserved
  const ledgers = [ownersDay(userId, day), ...(emailId ? [mailsDay(userId, day, emailId)] : []), systemsDay(day)]
  for (const { table, key } of ledgers) {
    const isIt = sql.join(
      Object.entries(key).map(([column, value]) => sql`${sql.ref(column)} = ${value}`),
      sql` and `,
    )
    await sql`
      update ${sql.table(table)} set
        reserved_cost = reserved_cost - ${reserved.cost}::numeric,
        reserved_tokens = reserved_tokens - ${reserved.tokens}::bigint,
        settled_cost = settled_cost + ${used ? used.cost : reserved.cost}::numeric,
        settled_tokens = settled_tokens + ${used ? used.tokens : reserved.tokens}::bigint
      where ${isIt}`.execute(trx)
  }
}

/** Whether the caller is to tell the owner that this day's budget is used up: true for the first who asks. */
export async function claimBudgetNotice(trx: Kysely<DB>, userId: string, day: string, now: string): Promise<boolean> {
  const { rows } = await sql`
    insert into spend (user_id, day, told_at) values (${userId}, ${day}::date, ${now})
    on conflict (user_id, day) do update set told_at = excluded.told_at where spend.told_at is null
    returning day`.execute(trx)
  return rows.length > 0
}

interface Ledger {
  readonly table: 'spend' | 'mail_spend' | 'system_spend'
  readonly key: Readonly<Record<string, RawBuilder<unknown>>>
}

function ownersDay(userId: string, day: string): Ledger {
  return { table: 'spend', key: { user_id: sql`${userId}::uuid`, day: sql`${day}::date` } }
}

function mailsDay(userId: string, day: string, emailId: string | null): Ledger {
  const key = { user_id: sql`${userId}::uuid`, email_id: sql`${emailId}::uuid`, day: sql`${day}::date` }
  return { table: 'mail_spend', key }
}

function systemsDay(day: string): Ledger {
  return { table: 'system_spend', key: { day: sql`${day}::date` } }
}

/**
 * Adds to what is reserved if all that is spent and reserved then stays within the cap; false when it would not. One
 * statement judges and writes, so that whoever comes second sees what the first has taken.
 */
async function reserve(trx: Kysely<DB>, { table, key }: Ledger, most: Amount, cap: Cap): Promise<boolean> {
  const columns = sql.join(Object.keys(key).map((column) => sql.ref(column)))
  const cost = sql`${most.cost}::numeric`
  const tokens = sql`${most.tokens}::bigint`
  const isWithin = (spentCost: RawBuilder<unknown>, spentTokens: RawBuilder<unknown>) => sql`
    (${cap.cost}::numeric is null or ${spentCost} + ${cost} <= ${cap.cost}::numeric)
    and (${cap.tokens}::bigint is null or ${spentTokens} + ${tokens} <= ${cap.tokens}::bigint)`
  const { rows } = await sql`
    insert into ${sql.table(table)} as spent (${columns}, reserved_cost, reserved_tokens)
    select ${sql.join(Object.values(key))}, ${cost}, ${tokens}
    where ${isWithin(sql`0`, sql`0`)}
    on conflict (${columns}) do update set
      reserved_cost = spent.reserved_cost + ${cost},
      reserved_tokens = spent.reserved_tokens + ${tokens}
    where ${isWithin(sql`spent.settled_cost + spent.reserved_cost`, sql`spent.settled_tokens + spent.reserved_tokens`)}
    returning day`.execute(trx)
  return rows.length > 0
}
