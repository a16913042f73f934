import { afterAll, afterEach, expect, test } from 'vitest'
import { syncMailbox } from '../../../server/services/sync/mailbox-sync.ts'
import { hookSteps } from '../../../server/step.ts'
import { createTestApp, type TestOwner } from '../../support/app.ts'
import { sweep } from '../../support/connected-inbox.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => hookSteps(undefined))

const signal = new AbortController().signal

/** A mailbox of this many mails, connected and not read yet; runs are made and not worked on. */
async function newMailbox(count: number): Promise<{ owner: TestOwner; mailboxId: string }> {
  const owner = await app.newOwner()
  const { mailboxId } = await app.connect(owner)
  const at = (n: number) => new Date(app.clock.now().getTime() - (count - n) * 60_000)
  for (let n = 0; n < count; n++) await app.deliver(owner, { subject: `Mail ${n}`, at: at(n) })
  return { owner, mailboxId }
}

const runsOf = async ({ userId }: TestOwner) => {
  const traces = await app.db.selectFrom('traces').where('userId', '=', userId).select('emailId').execute()
  expect(new Set(traces.map(({ emailId }) => emailId)).size).toBe(traces.length)
  return traces.length
}

test('with nothing to be done on sync an import makes no runs, then or later', async () => {
  const { owner, mailboxId } = await newMailbox(3)
  await app.as(owner).settings.update({ autonomy: 'off', classifyOnSync: false })
  await app.drain()
  await app.as(owner).settings.update({ autonomy: 'ask', classifyOnSync: true })
  await app.as(owner).mailboxes.sync({ mailboxId })
  await app.drain()
  await sweep(app)
  expect(await runsOf(owner)).toBe(0)
})

test('the runs of a large import begin in parts, and a process that dies between two of them loses none', async () => {
  const { owner, mailboxId } = await newMailbox(120)
  const sync = () => syncMailbox(app.ctx, { userId: owner.userId, mailboxId }, signal)
  await sync()
  expect(await runsOf(owner)).toBe(0)

  let parts = 0
  hookSteps({
    before(name) {
      if (name === 'begin-runs' || name === 'release-mailbox') throw new Error('power cut')
    },
    after(name) {
      if (name === 'store-messages') parts += 1
    },
  })
  await expect(sync()).rejects.toThrow('power cut')
  hookSteps(undefined)
  expect(parts).toBe(1)
  expect(await runsOf(owner)).toBe(100)

  app.clock.advance(61_000)
  await sync()
  expect(await runsOf(owner)).toBe(120)
  await sync()
  expect(await runsOf(owner)).toBe(120)
})

test('an import that ends at any of its pages goes on there and reads nothing twice', async () => {
  const { owner, mailboxId } = await newMailbox(60)
  const sync = () => syncMailbox(app.ctx, { userId: owner.userId, mailboxId }, signal)
  for (const moment of ['before', 'after', 'before'] as const) {
    hookSteps({
      [moment](name: string) {
        if (name === 'store-messages') throw new Error('power cut')
      },
    })
    await expect(sync()).rejects.toThrow('power cut')
    hookSteps(undefined)
    app.clock.advance(3_600_000)
  }
  await sync()
  const emails = await app.db.selectFrom('emails').where('userId', '=', owner.userId).select('gmailId').execute()
  expect(emails).toHaveLength(60)
  const [mailbox] = (await app.as(owner).mailboxes.list()).items
  expect(mailbox).toMatchObject({ importProgress: null, lastError: null, status: 'active' })
})
