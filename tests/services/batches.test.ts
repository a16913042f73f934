import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { UpstreamError } from '../../server/errors.ts'
import { mostOpenBatches } from '../../server/services/batches.ts'
import { hookSteps } from '../../server/step.ts'
import type { Batch } from '../../shared-types/index.ts'
import { createTestApp } from '../support/app.ts'
import { type Inbox, openInbox, sweep } from '../support/connected-inbox.ts'
import { newEmailRow } from '../support/rows.ts'
import { createScriptedModel } from '../support/scripted-model.ts'
import { approvalOf } from '../support/sending.ts'

const model = createScriptedModel()
const app = await createTestApp({ ports: model.ports })
afterAll(() => app[Symbol.asyncDispose]())
beforeEach(() => model.reset())
afterEach(() => hookSteps(undefined))

const onlyStored = { processOnSync: false, classifyOnSync: false } as const

/** An inbox with so many mails of different people that nobody has worked on. */
async function withMails(count: number, settings = {}): Promise<Inbox & { emailIds: string[] }> {
  const inbox = await openInbox(app, { ...onlyStored, ...settings })
  const emailIds: string[] = []
  for (let n = 0; n < count; n++) {
    const from = { name: `Person ${n}`, address: `p${n}@engine.example` }
    const text = 'How much is a drawing?'
    emailIds.push(await newEmailRow(app.db, { ...inbox, address: inbox.owner.email }, { from, text, freshText: text }))
  }
  return { ...inbox, emailIds }
}

const counts = ({ status, total, processed, succeeded, failed }: Batch) => ({
  status,
  total,
  processed,
  succeeded,
  failed,
})
const statuses = ({ items }: Batch) => items.map(({ status }) => status)
const reasons = ({ items }: Batch) => items.map(({ error }) => error?.reason ?? null)
const runsOf = ({ userId }: Inbox) => app.db.selectFrom('traces').where('userId', '=', userId).selectAll().execute()
const told = async (inbox: Inbox) => (await inbox.notifications()).filter((kind) => kind === 'batch_done').length
const refused = (reason: string) => ({ cause: { reason } })

test('a batch works on every mail once, and its owner is told once', async () => {
  const { emailIds, ...inbox } = await withMails(10)
  const begun = await inbox.api.batches.process({ emailIds: [...emailIds, emailIds[0]?.toUpperCase() ?? ''] })
  expect(begun).toMatchObject({ kind: 'process', status: 'running', total: 10, processed: 0, finishedAt: null })
  expect(begun.items).toEqual(emailIds.map((emailId) => ({ emailId, status: 'queued', error: null })))
  await app.drain()

  const ended = await inbox.api.batches.get({ batchId: begun.id })
  expect(counts(ended)).toEqual({ status: 'completed', total: 10, processed: 10, succeeded: 10, failed: 0 })
  expect((await inbox.emails()).map(({ status }) => status)).toEqual(emailIds.map(() => 'needs_review'))
  expect(await runsOf(inbox)).toHaveLength(10)
  expect(await told(inbox)).toBe(1)
  const { items: _items, ...summary } = ended
  expect(await inbox.api.batches.list()).toEqual({ items: [summary], nextCursor: null })
})

test('a hundred mails are sorted, and stay where they are', async () => {
  const { emailIds, ...inbox } = await withMails(100)
  const { id: batchId } = await inbox.api.batches.classify({ emailIds })
  await app.drain()
  expect(counts(await inbox.api.batches.get({ batchId }))).toMatchObject({ status: 'completed', succeeded: 100 })
  const mails = await inbox.emails()
  expect(mails.every(({ status, intent }) => status === 'pending' && intent !== null)).toBe(true)
})

test('there is a limit to the mails of one batch, and to its batches at once', async () => {
  const inbox = await withMails(1)
  const many = (count: number) => Array.from({ length: count }, () => randomUUID())
  await expect(inbox.api.batches.process({ emailIds: many(51) })).rejects.toMatchObject(refused('VALIDATION_FAILED'))
  await expect(inbox.api.batches.classify({ emailIds: many(101) })).rejects.toMatchObject(refused('VALIDATION_FAILED'))
  await expect(inbox.api.batches.classify({ emailIds: [] })).rejects.toMatchObject(refused('VALIDATION_FAILED'))
  const begin = () => inbox.api.batches.process({ emailIds: inbox.emailIds })
  const begun: Batch[] = []
  for (let n = 0; n < mostOpenBatches; n++) begun.push(await begin())
  await expect(begin()).rejects.toMatchObject(refused('TOO_MANY_BATCHES'))
  await inbox.api.batches.cancel({ batchId: begun[0]?.id ?? '' })
  await begin()
  await app.drain()
})

test('a mail that is not there or not theirs, their own, at work, approved or sent fails with its reason', async () => {
  const stranger = await withMails(1)
  const { emailIds, ...inbox } = await withMails(2)
  const [good = '', running = ''] = emailIds
  await inbox.api.settings.update({ processOnSync: true, classifyOnSync: true, undoWindowSeconds: 3_600 })
  const approved = await inbox.api.drafts.approve(approvalOf(await inbox.newDraft({ subject: 'One' })))
  const own = await newEmailRow(app.db, { ...inbox, address: inbox.owner.email }, { direction: 'out' })
  const sent = await newEmailRow(app.db, { ...inbox, address: inbox.owner.email })
  await app.db.updateTable('emails').set({ status: 'sent' }).where('id', '=', sent).execute()
  await inbox.api.emails.process({ emailId: running })
  const [foreign = '', unknown] = [stranger.emailIds[0], randomUUID()]

  const asked = [foreign, unknown, own, running, approved.emailId, sent, good]
  const { id: batchId } = await inbox.api.batches.process({ emailIds: asked })
  await app.handlers['work-on-batch']({
    id: 'test',
    payload: { userId: inbox.userId, batchId },
    isLastTry: false,
    signal: new AbortController().signal,
  })
  await app.drain()
  const batch = await inbox.api.batches.get({ batchId })
  expect(counts(batch)).toEqual({ status: 'completed', total: 7, processed: 7, succeeded: 1, failed: 6 })
  expect(batch.items.map(({ emailId }) => emailId)).toEqual(asked)
  const refusals = ['EMAIL_NOT_INBOUND', 'EMAIL_IN_PROGRESS', 'EMAIL_ALREADY_APPROVED', 'EMAIL_ALREADY_SENT']
  expect(reasons(batch)).toEqual(['NOT_FOUND', 'NOT_FOUND', ...refusals, null])
  expect(batch.items[0]?.error).toEqual(batch.items[1]?.error)
  expect(await runsOf(stranger)).toEqual([])

  const alone = await inbox.api.batches.process({ emailIds: [foreign] })
  expect(alone).toMatchObject({ status: 'completed', total: 1, failed: 1 })
  await expect(stranger.api.batches.get({ batchId })).rejects.toMatchObject(refused('NOT_FOUND'))
  await expect(stranger.api.batches.cancel({ batchId })).rejects.toMatchObject(refused('NOT_FOUND'))
  await expect(stranger.api.batches.retryFailed({ batchId })).rejects.toMatchObject(refused('NOT_FOUND'))
})

test('of a batch four mails are at work at once, and one that is asked for by itself is done long before its end', async () => {
  const { emailIds, ...inbox } = await withMails(51)
  const single = emailIds.at(-1) ?? ''
  const { id: batchId } = await inbox.api.batches.process({ emailIds: emailIds.slice(0, 50) })
  let mostAtOnce = 0
  let asked = false
  let done: number | undefined
  hookSteps({
    async after(name) {
      if (name !== 'settle-run') return
      const { items, processed } = await inbox.api.batches.get({ batchId })
      mostAtOnce = Math.max(mostAtOnce, items.filter(({ status }) => status === 'running').length)
      if (!asked && processed > 0) {
        asked = true
        await inbox.api.emails.process({ emailId: single })
      } else if (asked && done === undefined && (await inbox.email(single)).status === 'needs_review') {
        done = processed
      }
    },
  })
  await app.drain()
  expect(mostAtOnce).toBe(4)
  expect(done).toBeLessThanOrEqual(12)
  expect((await inbox.api.batches.get({ batchId })).succeeded).toBe(50)
})

test('cancelled, what is not begun never is, what runs ends as it does, and a second time changes nothing', async () => {
  const { emailIds, ...inbox } = await withMails(10)
  const { id: batchId } = await inbox.api.batches.process({ emailIds })
  let cancelled: Batch | undefined
  hookSteps({
    async after(name) {
      if (name === 'claim-run') cancelled ??= await inbox.api.batches.cancel({ batchId })
    },
  })
  await app.drain()
  expect(statuses(cancelled as Batch)).toEqual([...Array(4).fill('running'), ...Array(6).fill('cancelled')])
  const ended = await inbox.api.batches.get({ batchId })
  expect(counts(ended)).toEqual({ status: 'cancelled', total: 10, processed: 4, succeeded: 4, failed: 0 })
  expect(await inbox.api.batches.cancel({ batchId })).toEqual(ended)
  expect(await runsOf(inbox)).toHaveLength(4)
  expect(await told(inbox)).toBe(1)
})

test('what failed is worked on again once the batch has ended, but for what is not there', async () => {
  const { emailIds, ...inbox } = await withMails(5)
  model.always('classify', () => {
    throw new UpstreamError('gemini', 'rejected', 'Gemini did not want to.')
  })
  const { id: batchId } = await inbox.api.batches.process({ emailIds: [...emailIds, randomUUID()] })
  await expect(inbox.api.batches.retryFailed({ batchId })).rejects.toMatchObject(refused('BATCH_RUNNING'))
  for (let round = 0; round < 10; round++) await app.drainDelayed()
  const failed = await inbox.api.batches.get({ batchId })
  expect(counts(failed)).toEqual({ status: 'completed', total: 6, processed: 6, succeeded: 0, failed: 6 })
  expect(failed.items[0]?.error).toEqual({ reason: 'RUN_FAILED', message: 'Gemini did not want to.' })

  model.reset()
  const again = await inbox.api.batches.retryFailed({ batchId })
  expect(again).toMatchObject({ status: 'running', processed: 1, failed: 1, finishedAt: null })
  await app.drain()
  const ended = await inbox.api.batches.get({ batchId })
  expect(counts(ended)).toEqual({ status: 'completed', total: 6, processed: 6, succeeded: 5, failed: 1 })
  expect(reasons(ended).at(-1)).toBe('NOT_FOUND')
  expect(await inbox.api.batches.retryFailed({ batchId })).toEqual(ended)
  expect(await told(inbox)).toBe(2)
})

test('with the model down for a day the batch waits as single mails do, and ends', async () => {
  const { emailIds, ...inbox } = await withMails(6)
  const down = () => {
    throw new UpstreamError('gemini', 'rate_limited', 'Gemini is busy.', { retryAt: new Date(Date.now() + 60_000) })
  }
  model.always('classify', down)
  const { id: batchId } = await inbox.api.batches.process({ emailIds })
  for (let round = 0; round < 3; round++) await app.drainDelayed()
  expect(statuses(await inbox.api.batches.get({ batchId }))).toEqual([
    ...Array(4).fill('running'),
    ...Array(2).fill('queued'),
  ])
  for (let day = 0; day < 2; day++) {
    app.clock.advance(25 * 3_600_000)
    for (let round = 0; round < 3; round++) await app.drainDelayed()
  }
  app.clock.advance(-50 * 3_600_000)
  const ended = await inbox.api.batches.get({ batchId })
  expect(counts(ended)).toEqual({ status: 'completed', total: 6, processed: 6, succeeded: 0, failed: 6 })
})

test('what a killed worker and a lost job left behind, the sweep finds', async () => {
  const { emailIds, ...inbox } = await withMails(6)
  const { id: batchId } = await inbox.api.batches.process({ emailIds })
  hookSteps({
    before(name) {
      if (name === 'settle-run') throw new Error('power cut')
    },
  })
  await app.drain()
  hookSteps(undefined)
  await app.ctx.db.transaction().execute((trx) => app.ctx.jobs.deleteOf(trx, inbox.userId))
  app.clock.advance(10 * 60_000)
  await sweep(app)
  app.clock.advance(-10 * 60_000)
  expect(counts(await inbox.api.batches.get({ batchId }))).toMatchObject({ status: 'completed', succeeded: 6 })
  expect(await runsOf(inbox)).toHaveLength(6)
})

test('mail that is deleted takes its place along, also while the batch works on it, and the batch ends', async () => {
  const { emailIds, ...inbox } = await withMails(8)
  const { id: batchId } = await inbox.api.batches.process({ emailIds })
  let isDeleted = false
  hookSteps({
    async after(name) {
      if (name !== 'claim-run' || isDeleted) return
      isDeleted = true
      await app.db
        .deleteFrom('emails')
        .where('id', 'in', [emailIds[0] ?? '', emailIds[7] ?? ''])
        .execute()
    },
  })
  await app.drain()
  hookSteps(undefined)
  for (let round = 0; round < 5; round++) await app.drainDelayed()
  expect(counts(await inbox.api.batches.get({ batchId }))).toEqual({
    status: 'completed',
    total: 6,
    processed: 6,
    succeeded: 6,
    failed: 0,
  })
  const waiting = await inbox.api.batches.process({ emailIds: emailIds.slice(1, 3) })
  await app.db.deleteFrom('emails').where('userId', '=', inbox.userId).execute()
  app.clock.advance(60_000)
  await sweep(app)
  app.clock.advance(-60_000)
  const empty = await inbox.api.batches.get({ batchId: waiting.id })
  expect(empty).toMatchObject({ status: 'completed', total: 0, items: [] })
})

test('a batch of which a mailbox was disconnected meanwhile ends', async () => {
  const { emailIds, ...inbox } = await withMails(6)
  const { id: batchId } = await inbox.api.batches.process({ emailIds })
  let isGone = false
  hookSteps({
    async after(name) {
      if (name !== 'claim-run' || isGone) return
      isGone = true
      await inbox.api.mailboxes.disconnect({ mailboxId: inbox.mailboxId, storedMail: 'keep' })
    },
  })
  await app.drain()
  hookSteps(undefined)
  app.clock.advance(60_000)
  await sweep(app)
  app.clock.advance(-60_000)
  const ended = await inbox.api.batches.get({ batchId })
  expect(counts(ended)).toMatchObject({ status: 'completed', total: 6, processed: 6 })
  expect(ended.items.filter(({ error }) => error?.message === 'the mailbox was disconnected')).toHaveLength(4)
})

test('thirty days after its end a batch is forgotten, and its mails and runs stay', async () => {
  const { emailIds, ...inbox } = await withMails(1)
  const ended = await inbox.api.batches.process({ emailIds })
  await app.drain()
  const monthMs = 30 * 86_400_000
  app.clock.advance(monthMs - 60_000)
  await sweep(app)
  expect((await inbox.api.batches.list()).items.map(({ id }) => id)).toEqual([ended.id])
  app.clock.advance(2 * 60_000)
  await sweep(app)
  app.clock.advance(-monthMs - 60_000)
  expect((await inbox.api.batches.list()).items).toEqual([])
  expect(await runsOf(inbox)).toMatchObject([{ batchId: null, status: 'completed' }])
})
