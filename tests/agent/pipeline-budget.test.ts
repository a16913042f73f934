import { sql } from 'kysely'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { UpstreamError } from '../../server/errors.ts'
import { createTestApp, type TestOwner } from '../support/app.ts'
import { findDraft, findMail, findTrace, newInbox } from '../support/inbox.ts'
import { createScriptedModel } from '../support/scripted-model.ts'

const price = { input: 1, output: 10 }
const model = createScriptedModel()
const ports = {
  model: { ...model.ports.model, prices: { classify: price, generate: price } },
  embedder: { ...model.ports.embedder, price: { input: 0, output: 0 } },
}
const app = await createTestApp({ ports })
afterAll(() => app[Symbol.asyncDispose]())
beforeEach(() => model.reset())

const hourMs = 3_600_000
const subject = 'Two drawings'
const mail = { subject, text: 'Hello Mara,\r\n\r\nhow much would two more drawings cost?\r\n\r\nAda' }

/** The next day in UTC has begun. */
const passMidnight = () => app.clock.advance(24 * hourMs)

const notices = (owner: TestOwner) =>
  app.db.selectFrom('notifications').where('userId', '=', owner.userId).orderBy('id').select('kind').execute()

/** A mail whose run waits, because the owner allows nothing. */
async function waitingMail() {
  const owner = await newInbox(app, mail)
  await app.as(owner).settings.update({ dailyModelBudget: 0 })
  await app.drain()
  return owner
}

test('over the budget a mail waits without spending its tries, the owner is told once, and it is answered in the end', async () => {
  const owner = await waitingMail()
  for (let round = 0; round < 8; round += 1) await app.drainDelayed()
  const { id, status } = await findMail(app, owner, subject)
  expect(status).toBe('processing')
  expect(await findTrace(app, owner, id)).toMatchObject({ status: 'running' })
  expect(model.requests).toEqual([])
  expect(await notices(owner)).toEqual([{ kind: 'budget_exhausted' }])

  await app.as(owner).settings.update({ dailyModelBudget: 5 })
  await app.drain()
  expect((await findDraft(app, owner)).emailId).toBe(id)
  expect(await notices(owner)).toEqual([{ kind: 'budget_exhausted' }, { kind: 'draft_ready' }])
})

test('what is used up today goes on tomorrow, from the step where it stopped', async () => {
  const owner = await newInbox(app, mail)
  // Enough to read the mail, not to answer it.
  await app.as(owner).settings.update({ dailyModelBudget: 0.016 })
  await app.drain()
  expect(model.asked('classify')).toHaveLength(1)
  expect(model.asked('generate')).toEqual([])
  const { id } = await findMail(app, owner, subject)
  await sql`update settings set daily_model_budget = 0.03 where user_id = ${owner.userId}`.execute(app.db)
  await sql`update spend set settled_cost = 0.03 where user_id = ${owner.userId}`.execute(app.db)
  await app.drainDelayed()
  expect(model.asked('generate')).toEqual([])

  passMidnight()
  await app.drainDelayed()
  expect((await findDraft(app, owner)).emailId).toBe(id)
  expect(model.asked('classify')).toHaveLength(1)
})

test('a budget that stays used up for days is waited for, and a service that then asks to wait gives nobody up', async () => {
  const owner = await waitingMail()
  for (let day = 0; day < 3; day += 1) {
    passMidnight()
    await app.drainDelayed()
  }
  expect(await notices(owner)).toEqual(Array.from({ length: 4 }, () => ({ kind: 'budget_exhausted' })))

  model.next('classify', () => {
    const retryAt = new Date(Date.now() + 60_000)
    throw new UpstreamError('gemini', 'rate_limited', 'Gemini asks to slow down.', { retryAt })
  })
  await app.as(owner).settings.update({ dailyModelBudget: 5 })
  await app.drain()
  const { id, status } = await findMail(app, owner, subject)
  expect(status).toBe('processing')
  await app.drainDelayed()
  expect((await findDraft(app, owner)).emailId).toBe(id)
})

test('a batch waits for the budget as its mails do, and ends once that is raised', async () => {
  const subjects = ['One', 'Two', 'Three', 'Four', 'Five']
  const owner = await newInbox(app, ...subjects.map((subject) => ({ ...mail, subject })))
  const api = app.as(owner)
  await api.settings.update({ dailyModelBudget: 0, processOnSync: false, classifyOnSync: false })
  await app.drain()
  const emailIds = (await api.emails.list({})).items.map(({ id }) => id)
  const { id: batchId } = await api.batches.classify({ emailIds })
  for (let round = 0; round < 3; round += 1) await app.drainDelayed()
  expect(await api.batches.get({ batchId })).toMatchObject({ status: 'running', total: 5, processed: 0 })
  await api.settings.update({ dailyModelBudget: 5 })
  await app.drain()
  expect(await api.batches.get({ batchId })).toMatchObject({ status: 'completed', succeeded: 5, failed: 0 })
})

test('the trace tells what the model cost, and the day is charged the same', async () => {
  const owner = await newInbox(app, mail)
  await app.drain()
  const { id } = await findMail(app, owner, subject)
  const calls = await app.db
    .selectFrom('modelCalls')
    .where('userId', '=', owner.userId)
    .select(['cost', 'outcome'])
    .execute()
  expect(calls).toEqual([
    { cost: '0.001', outcome: 'ok' },
    { cost: '0.001', outcome: 'ok' },
    { cost: '0.001', outcome: 'ok' },
  ])
  const day = { reservedCost: '0', settledCost: '0.003', reservedTokens: 0, settledTokens: 330 }
  const columns = ['reservedCost', 'settledCost', 'reservedTokens', 'settledTokens'] as const
  const read = async (table: 'spend' | 'mailSpend') => {
    const rows = await app.db.selectFrom(table).where('userId', '=', owner.userId).select(columns).execute()
    return rows.map((row) => ({ ...row, reservedCost: String(Number(row.reservedCost)) }))
  }
  expect(await read('spend')).toEqual([day])
  expect(await read('mailSpend')).toEqual([day])
  expect(await findTrace(app, owner, id)).toMatchObject({ cost: 0.003 })
})

test('the offline model costs nothing and is asked under any budget', async () => {
  await using offline = await createTestApp({ config: { modelBudgetPerDay: 0 } })
  const owner = await newInbox(offline, mail)
  await offline.as(owner).settings.update({ dailyModelBudget: 0, dailyTokenBudget: 0 })
  await offline.drain()
  expect(await findDraft(offline, owner)).toBeDefined()
  expect(await offline.db.selectFrom('spend').select('day').execute()).toEqual([])
})

test('vectors are paid for as well: over the budget mail waits for its own, and has it once that is raised', async () => {
  const embedder = { ...model.ports.embedder, price }
  await using paid = await createTestApp({ ports: { embedder } })
  const owner = await newInbox(paid, mail)
  await paid.as(owner).settings.update({ dailyModelBudget: 0, autonomy: 'off', classifyOnSync: false })
  await paid.drain()
  const vectors = () => paid.db.selectFrom('embeddings').where('userId', '=', owner.userId).select('emailId').execute()
  expect(await vectors()).toEqual([])
  await paid.as(owner).settings.update({ dailyModelBudget: 5 })
  await paid.drain()
  expect(await vectors()).toHaveLength(1)
  const [day] = await paid.db.selectFrom('spend').where('userId', '=', owner.userId).select('settledCost').execute()
  expect(Number(day?.settledCost)).toBeGreaterThan(0)
})

test("the operator's budget holds every owner, and each of them is told", async () => {
  await using capped = await createTestApp({ ports, config: { modelBudgetPerDay: 0 } })
  const owner = await newInbox(capped, mail)
  await capped.drain()
  expect((await findMail(capped, owner, subject)).status).toBe('processing')
  const told = await capped.db
    .selectFrom('notifications')
    .where('userId', '=', owner.userId)
    .select('payload')
    .execute()
  expect(told).toEqual([{ payload: { reason: "This server's budget for the model is used up for today." } }])
})
