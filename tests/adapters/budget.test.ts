import { beforeEach, expect, test } from 'vitest'
import { AppError, UpstreamError, type UpstreamKind } from '../../server/errors.ts'
import { type SettingsChanges, updateSettings } from '../../server/db/accounts/settings.ts'
import { lapsedReservations } from '../../server/db/sweeps.ts'
import { openBudget, readSpend, readSystemSpend } from '../support/budget.ts'
import { newEmailRow, newOwnerRow, openTestDatabase } from '../support/rows.ts'

const { db } = await openTestDatabase()
beforeEach(async () => {
  await db.deleteFrom('systemSpend').execute()
})

const dayMs = 86_400_000
const cent = { cost: 0.01, tokens: 100 }
const pay = (cost: number) => () => Promise.resolve({ answer: 'yes', used: { cost, tokens: 10 } })
const exhausted = { reason: 'BUDGET_EXHAUSTED' }

/** An owner with a budget, and one process that asks the model. */
async function newSpender(budgets: SettingsChanges = {}, systemCap: number | null = null) {
  const owner = await newOwnerRow(db)
  await updateSettings(db, owner.userId, budgets)
  const budget = openBudget(db, systemCap)
  const { userId } = owner
  return { ...owner, budget, spend: (most = cent, cost = most.cost) => budget.spend({ userId }, most, pay(cost)) }
}

/** A process that dies in the middle of a call. */
async function dieAsking({ budget, userId }: Awaited<ReturnType<typeof newSpender>>): Promise<void> {
  const isAsking = Promise.withResolvers<void>()
  void budget.spend({ userId }, cent, () => {
    isAsking.resolve()
    return new Promise<never>(() => {})
  })
  await isAsking.promise
}

async function sweep({ budget }: Awaited<ReturnType<typeof newSpender>>): Promise<void> {
  for (const { userId, id } of await lapsedReservations(db, budget.now().toISOString(), 100)) {
    await budget.settleLapsed(userId, id)
  }
}

test('a call is charged what it cost, and no more than it may cost is set aside meanwhile', async () => {
  const { userId, budget } = await newSpender()
  const during = await budget.spend({ userId }, cent, async () => ({
    answer: await readSpend(db, userId),
    used: { cost: 0.004, tokens: 40 },
  }))
  expect(during).toEqual([{ reserved: 0.01, settled: 0, tokens: 100 }])
  expect(await readSpend(db, userId)).toEqual([{ reserved: 0, settled: 0.004, tokens: 40 }])
  expect(await readSystemSpend(db)).toEqual([{ reserved: 0, settled: 0.004 }])
})

test('the budget in money is spent to its last cent and not beyond, from the first call of a day on', async () => {
  const spender = await newSpender({ dailyModelBudget: 0.03 })
  await expect(spender.spend({ cost: 0.031, tokens: 1 })).rejects.toMatchObject(exhausted)
  for (let call = 0; call < 3; call++) await spender.spend()
  await expect(spender.spend()).rejects.toMatchObject(exhausted)
  await expect(spender.spend({ cost: 0.0001, tokens: 1 })).rejects.toMatchObject(exhausted)
  expect(await readSpend(db, spender.userId)).toMatchObject([{ reserved: 0, settled: 0.03 }])
})

test('the budget in tokens holds a model whose price nobody knows', async () => {
  const spender = await newSpender({ dailyTokenBudget: 110 })
  const unpriced = { cost: 0, tokens: 100 }
  await expect(spender.spend({ cost: 0, tokens: 111 })).rejects.toMatchObject(exhausted)
  await spender.spend(unpriced)
  await spender.spend(unpriced)
  await expect(spender.spend(unpriced)).rejects.toMatchObject(exhausted)
})

test("the system's budget holds all owners together, and one owner's does not hold another", async () => {
  const [alice, bob] = [await newSpender({}, 0.02), await newSpender({}, 0.02)]
  await expect(alice.spend({ cost: 0.021, tokens: 1 })).rejects.toMatchObject(exhausted)
  await alice.spend()
  await bob.spend()
  await expect(alice.spend()).rejects.toMatchObject(exhausted)
  await expect(bob.spend()).rejects.toMatchObject(exhausted)
  expect(await readSystemSpend(db)).toEqual([{ reserved: 0, settled: 0.02 }])
  // What was refused by the last has left nothing with the first.
  expect(await readSpend(db, alice.userId)).toMatchObject([{ reserved: 0, settled: 0.01 }])

  const carol = await newSpender({ dailyModelBudget: 0 })
  await expect(carol.spend()).rejects.toMatchObject(exhausted)
  await (await newSpender()).spend()
})

test('one mail has a budget of its own, and other mails go on', async () => {
  const { budget, ...owner } = await newSpender()
  const [first, second] = [await newEmailRow(db, owner), await newEmailRow(db, owner)]
  const ask = (emailId: string, cost = 0.2) =>
    budget.spend({ userId: owner.userId, emailId }, { cost, tokens: 1 }, pay(cost))
  await ask(first)
  await ask(first)
  await expect(ask(first)).rejects.toMatchObject({ ...exhausted, message: expect.stringContaining('This mail') })
  await ask(first, 0.1)
  await ask(second)
  expect(await readSpend(db, owner.userId)).toMatchObject([{ reserved: 0, settled: 0.7 }])
})

test('a mail that costs more than a mail may is not waited for', async () => {
  const { budget, ...owner } = await newSpender()
  const emailId = await newEmailRow(db, owner)
  const call = budget.spend({ userId: owner.userId, emailId }, { cost: 0.51, tokens: 1 }, pay(0.51))
  await expect(call).rejects.toMatchObject({ ...exhausted, retryAfterSeconds: undefined })
})

test('a lowered budget holds at once, a raised one too, and what was spent stays spent', async () => {
  const spender = await newSpender({ dailyModelBudget: 1 })
  await spender.spend()
  await updateSettings(db, spender.userId, { dailyModelBudget: 0.005 })
  await expect(spender.spend({ cost: 0, tokens: 1 })).rejects.toMatchObject(exhausted)
  await updateSettings(db, spender.userId, { dailyModelBudget: 0.02 })
  await spender.spend()
  await expect(spender.spend()).rejects.toMatchObject(exhausted)
})

test('a new day in UTC begins with the whole budget; a call over midnight belongs to the day it began', async () => {
  const spender = await newSpender({ dailyModelBudget: 0.01 })
  const { budget, userId } = spender
  budget.pass(11 * 3_600_000 + 59 * 60_000)
  await budget.spend({ userId }, cent, () => {
    budget.pass(60_000)
    return Promise.resolve({ answer: 'yes', used: cent })
  })
  expect(await readSpend(db, userId)).toMatchObject([{ settled: 0.01 }])
  await spender.spend()
  expect(await readSpend(db, userId)).toMatchObject([{ settled: 0.01 }, { settled: 0.01 }])
  const refusal: unknown = await spender.spend().catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(AppError)
  expect((refusal as AppError).retryAfterSeconds).toBe(dayMs / 1_000)
})

test.each<[UpstreamKind, boolean, number]>([
  ['rejected', false, 0],
  ['rate_limited', false, 0],
  ['unavailable', true, 0],
  ['unavailable', false, 0.01],
  ['timeout', false, 0.01],
  ['bad_answer', false, 0.01],
  ['refused', false, 0.01],
  ['truncated', false, 0.01],
])('a call that failed as %s (not made: %s) is charged %s', async (kind, wasNotMade, charged) => {
  const { userId, budget } = await newSpender()
  const failure = new UpstreamError('gemini', kind, 'No.', { wasNotMade })
  await expect(budget.spend({ userId }, cent, () => Promise.reject(failure))).rejects.toBe(failure)
  expect(await readSpend(db, userId)).toMatchObject([{ reserved: 0, settled: charged }])
  expect(await readSystemSpend(db)).toEqual([{ reserved: 0, settled: charged }])
})

test('what a dead process had set aside counts until it lapses, and as spent from then on', async () => {
  const spender = await newSpender({ dailyModelBudget: 0.015 })
  await dieAsking(spender)
  spender.budget.pass(4 * 60_000)
  await sweep(spender)
  expect(await readSpend(db, spender.userId)).toMatchObject([{ reserved: 0.01, settled: 0 }])
  await expect(spender.spend()).rejects.toMatchObject(exhausted)

  spender.budget.pass(2 * 60_000)
  await sweep(spender)
  await sweep(spender)
  expect(await readSpend(db, spender.userId)).toMatchObject([{ reserved: 0, settled: 0.01 }])
  expect(await readSystemSpend(db)).toEqual([{ reserved: 0, settled: 0.01 }])
  await spender.spend({ cost: 0.005, tokens: 1 })
})

test('an answer that comes after all is not charged twice', async () => {
  const spender = await newSpender()
  const { budget, userId } = spender
  await budget.spend({ userId }, cent, async () => {
    budget.pass(6 * 60_000)
    await sweep(spender)
    return { answer: 'late', used: cent }
  })
  expect(await readSpend(db, userId)).toMatchObject([{ reserved: 0, settled: 0.01 }])
})

test('the owner is told once a day, whatever is refused and however often', async () => {
  const spender = await newSpender({ dailyModelBudget: 0 })
  const told = () =>
    db.selectFrom('notifications').where('userId', '=', spender.userId).select(['kind', 'payload']).execute()
  for (let call = 0; call < 3; call++) await expect(spender.spend()).rejects.toMatchObject(exhausted)
  const notice = { kind: 'budget_exhausted', payload: { reason: 'Your budget for the model is used up for today.' } }
  expect(await told()).toEqual([notice])
  spender.budget.pass(dayMs)
  for (let call = 0; call < 3; call++) await expect(spender.spend()).rejects.toMatchObject(exhausted)
  expect(await told()).toEqual([notice, notice])
})
