import { afterAll, expect, test } from 'vitest'
import { estimateImport } from '../../../server/services/sync/import-estimate.ts'
import { createTestApp, type TestOwner } from '../../support/app.ts'
import { refusal } from '../../support/refusals.ts'

const app = await createTestApp({ config: { gmailUnitsPerMinute: 6_000 } })
afterAll(() => app[Symbol.asyncDispose]())

const dayMs = 86_400_000

/** A connected mailbox with so many messages, the newest now and one every `apartMs`. */
async function newMailbox(count: number, apartMs: number): Promise<TestOwner & { mailboxId: string }> {
  const owner = await app.newOwner()
  const connected = await app.connect(owner)
  const now = app.clock.now().getTime()
  for (let n = count; n > 0; n--)
    await app.deliver(owner, { subject: `Mail ${n}`, at: new Date(now - (n - 0.5) * apartMs) })
  return { ...owner, ...connected }
}

const estimate = (owner: TestOwner & { mailboxId: string }, lookBackDays: number) =>
  app.as(owner).mailboxes.estimateImport({ mailboxId: owner.mailboxId, lookBackDays })

test('a small mailbox is counted: what lies in the look-back and nothing else', async () => {
  const owner = await newMailbox(10, dayMs)
  expect(await estimate(owner, 7)).toEqual({ messages: 7, isCounted: true, quotaMinutes: 1, modelCost: 0 })
  expect(await estimate(owner, 30)).toMatchObject({ messages: 10, isCounted: true })
})

test('an empty mailbox costs nothing', async () => {
  const owner = await newMailbox(0, dayMs)
  expect(await estimate(owner, 30)).toEqual({ messages: 0, isCounted: true, quotaMinutes: 0, modelCost: 0 })
})

test('beyond a thousand messages the pace of the newest tells how many there are', async () => {
  const owner = await newMailbox(1_100, 3_600_000 / 4)
  const { messages, isCounted, quotaMinutes } = await estimate(owner, 30)
  expect(isCounted).toBe(false)
  expect(messages).toBeGreaterThan(2_800)
  expect(messages).toBeLessThan(2_950)
  // 20 units a message and 5,400 units a minute.
  expect(quotaMinutes).toBe(11)
  expect(app.google.unitsUsed(owner.email)).toBeLessThan(60)
})

test('the model is paid for by what the settings let it do', async () => {
  const owner = await newMailbox(10, dayMs)
  const costAt = async (price: { input: number; output: number } | undefined) => {
    const model = { ...app.ctx.model, prices: { classify: price, decide: price, generate: price } }
    const input = { mailboxId: owner.mailboxId, lookBackDays: 30 }
    return (await estimateImport({ ...app.ctx, model }, owner.userId, input)).modelCost
  }
  const full = await costAt({ input: 1, output: 10 })
  expect(full).toBe(0.11)
  expect(await costAt(undefined)).toBeNull()
  await app.as(owner).settings.update({ processOnSync: false })
  const classified = await costAt({ input: 1, output: 10 })
  expect(classified).toBe(0.025)
  await app.as(owner).settings.update({ classifyOnSync: false })
  expect(await costAt(undefined)).toBe(0)
})

test('an estimate imports nothing and moves nothing', async () => {
  const owner = await newMailbox(3, dayMs)
  const before = await app.db.selectFrom('mailboxes').where('userId', '=', owner.userId).selectAll().execute()
  await estimate(owner, 30)
  expect(await app.db.selectFrom('mailboxes').where('userId', '=', owner.userId).selectAll().execute()).toEqual(before)
  expect(await app.db.selectFrom('emails').where('userId', '=', owner.userId).select('id').execute()).toEqual([])
})

test('a mailbox of somebody else, one that needs consent and one that does not answer are refused by name', async () => {
  const owner = await newMailbox(0, dayMs)
  const stranger = await app.newOwner()
  await expect(estimate({ ...stranger, mailboxId: owner.mailboxId }, 30)).rejects.toMatchObject(refusal('NOT_FOUND'))
  app.google.inject({ match: { path: /\/messages$/, email: owner.email }, times: 9, kind: { status: 503 } })
  await expect(estimate(owner, 30)).rejects.toMatchObject(refusal('UPSTREAM_FAILED'))
  await app.db.updateTable('mailboxes').set({ status: 'needs_reauth' }).where('userId', '=', owner.userId).execute()
  await expect(estimate(owner, 30)).rejects.toMatchObject(refusal('GMAIL_NEEDS_REAUTH'))
})
