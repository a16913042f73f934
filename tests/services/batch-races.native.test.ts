import { afterAll, expect, test } from 'vitest'
import { deleteUnlessSending, lockForRemoval } from '../../server/db/emails/removal.ts'
import type { JobHandlers } from '../../server/jobs/catalog.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { type Inbox, openInbox, sweep } from '../support/connected-inbox.ts'
import { newEmailRow } from '../support/rows.ts'
import { reasonsOf } from '../support/refusals.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

async function withMails(count: number): Promise<Inbox & { emailIds: string[] }> {
  const inbox = await openInbox(app, { processOnSync: false, classifyOnSync: false })
  const emailIds: string[] = []
  for (let n = 0; n < count; n++) {
    const from = { name: `Person ${n}`, address: `p${n}@engine.example` }
    emailIds.push(await newEmailRow(app.db, { ...inbox, address: inbox.owner.email }, { from }))
  }
  return { ...inbox, emailIds }
}

/** A second process of the same product, on the same database. */
const openSecond = (): Promise<TestApp> =>
  createTestApp({ google: app.google, config: { database: app.ctx.config.database } })

/** As a sync removes what is gone in Gmail. */
const removeMail = (userId: string, emailIds: readonly string[]) =>
  app.db.transaction().execute(async (trx) => {
    await lockForRemoval(trx, userId, emailIds)
    await deleteUnlessSending(trx, userId, emailIds)
  })

/** Its handlers, with every deadlock noted that one of them met. */
function notingDeadlocks({ handlers }: TestApp, met: string[]): JobHandlers {
  const noted = Object.entries(handlers).map(([name, handle]) => [
    name,
    async (job: never) => {
      try {
        await handle(job)
      } catch (error) {
        if (/deadlock/.test(String(error))) met.push(`${name}: ${String(error)}`)
        throw error
      }
    },
  ])
  return Object.fromEntries(noted) as JobHandlers
}

const runsOf = ({ userId }: Inbox) => app.db.selectFrom('traces').where('userId', '=', userId).selectAll().execute()

test('two processes at one batch work on each mail once, and count right', { timeout: 60_000 }, async () => {
  await using second = await openSecond()
  const { emailIds, ...inbox } = await withMails(40)
  const { id: batchId } = await inbox.api.batches.process({ emailIds })
  await Promise.all([app.drain(), second.drain()])
  await Promise.all([app.drain(), second.drain()])
  expect(await inbox.api.batches.get({ batchId })).toMatchObject({ status: 'completed', succeeded: 40, failed: 0 })
  expect(await runsOf(inbox)).toHaveLength(40)
  expect((await inbox.notifications()).filter((kind) => kind === 'batch_done')).toHaveLength(1)
})

test('the job of a batch in many hands at once begins no more than its places', async () => {
  const { emailIds, ...inbox } = await withMails(30)
  const { id: batchId } = await inbox.api.batches.process({ emailIds })
  const payload = { userId: inbox.userId, batchId }
  const job = { id: 'test', payload, isLastTry: false, signal: new AbortController().signal }
  await Promise.all(Array.from({ length: 10 }, () => app.handlers['work-on-batch'](job)))
  expect(await runsOf(inbox)).toHaveLength(4)
  await app.drain()
  expect(await inbox.api.batches.get({ batchId })).toMatchObject({ status: 'completed', succeeded: 30 })
})

test(
  'cancelled, retried and losing mail while two processes work on it, a batch fails nobody and ends',
  {
    timeout: 60_000,
  },
  async () => {
    await using second = await openSecond()
    const met: string[] = []
    for (let round = 0; round < 4; round++) {
      const { emailIds, ...inbox } = await withMails(20)
      const { id: batchId } = await inbox.api.batches.process({ emailIds })
      const meddle = async () => {
        for (let turn = 0; turn < 5; turn++) {
          const gone = emailIds.slice(turn * 2, turn * 2 + 2).toReversed()
          const outcomes = await Promise.allSettled([
            inbox.api.batches.retryFailed({ batchId }),
            removeMail(inbox.userId, gone),
            ...(turn === 2 ? [inbox.api.batches.cancel({ batchId }), inbox.api.batches.cancel({ batchId })] : []),
          ])
          expect(['', 'BATCH_RUNNING']).toContain(reasonsOf(outcomes).join(' '))
        }
      }
      const work = (one: TestApp) => one.drainDelayed(notingDeadlocks(one, met))
      await Promise.all([work(app), work(second), meddle()])
      app.clock.advance(10 * 60_000)
      await sweep(app)
      app.clock.advance(-10 * 60_000)
      const batch = await inbox.api.batches.get({ batchId })
      expect(['completed', 'cancelled']).toContain(batch.status)
      expect(batch.total).toBe(10)
      const ended = batch.items.filter(({ status }) => status === 'succeeded' || status === 'cancelled')
      expect(ended).toHaveLength(10)
      expect(batch.processed).toBe(batch.succeeded)
      const runs = (await runsOf(inbox)).map(({ emailId }) => emailId)
      expect(new Set(runs).size).toBe(runs.length)
    }
    expect(met).toEqual([])
  },
)

test('of many batches that are begun at once no more than the limit are open', async () => {
  const { emailIds, ...inbox } = await withMails(1)
  const outcomes = await Promise.allSettled(Array.from({ length: 12 }, () => inbox.api.batches.process({ emailIds })))
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
  expect(reasonsOf(outcomes)).toEqual(['TOO_MANY_BATCHES'])
  await app.drain()
})
