import { afterAll, afterEach, expect, test } from 'vitest'
import { faultMatrix } from '../../../google-sandbox/sandbox.ts'
import { hookSteps } from '../../../server/step.ts'
import { syncMailbox } from '../../../server/services/sync/mailbox-sync.ts'
import { createTestApp } from '../../support/app.ts'
import { openInbox, sweep } from '../../support/connected-inbox.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => hookSteps(undefined))

const onlyStored = { autonomy: 'off', classifyOnSync: false } as const

/** The pause after a first failure is over. */
async function afterPause(): Promise<void> {
  app.clock.advance(31_000)
  await sweep(app)
}

const cursorOf = async (mailboxId: string) => {
  const { historyId } = await app.db
    .selectFrom('mailboxes')
    .where('id', '=', mailboxId)
    .select('historyId')
    .executeTakeFirstOrThrow()
  return historyId
}

test('a mail that was deleted between being listed and being read is left out', async () => {
  const inbox = await openInbox(app, onlyStored)
  const { id } = await app.deliver(inbox.owner, { subject: 'Gone' })
  app.google.inject({ match: { path: new RegExp(`/messages/${id}$`) }, kind: faultMatrix.notFound })

  await inbox.receive({ subject: 'Still here' })

  expect((await inbox.emails()).map(({ subject }) => subject)).toEqual(['Still here'])
  expect(await inbox.mailbox()).toMatchObject({ lastError: null })
})

test('the cursor stays where it is when the mail cannot be stored', async () => {
  const inbox = await openInbox(app, onlyStored)
  await inbox.receive({ subject: 'Stored' })
  const cursor = await cursorOf(inbox.mailboxId)
  await app.deliver(inbox.owner, { subject: 'Not stored at first' })
  hookSteps({
    before(name) {
      if (name === 'store-messages') throw new Error('the disk is full')
    },
  })
  await inbox.sync()
  hookSteps(undefined)

  expect(await cursorOf(inbox.mailboxId)).toBe(cursor)
  expect(await inbox.emails()).toHaveLength(1)
  expect(await inbox.mailbox()).toMatchObject({ lastError: 'Something unexpected went wrong.' })

  await afterPause()
  expect(await inbox.emails()).toHaveLength(2)
  expect(await cursorOf(inbox.mailboxId)).not.toBe(cursor)
  expect(await inbox.mailbox()).toMatchObject({ lastError: null })
})

test('rows and cursor are one transaction: a failure after the rows takes them back', async () => {
  const inbox = await openInbox(app)
  const cursor = await cursorOf(inbox.mailboxId)
  await app.deliver(inbox.owner, { subject: 'All or nothing' })
  const enqueue = app.ctx.jobs.enqueue.bind(app.ctx.jobs)
  const broken: typeof enqueue = (trx, name, payload, when) => {
    if (name === 'process-email') throw new Error('the queue is full')
    return enqueue(trx, name, payload, when)
  }
  const ctx = { ...app.ctx, jobs: { ...app.ctx.jobs, enqueue: broken } }
  const { userId, mailboxId } = inbox
  await expect(syncMailbox(ctx, { userId, mailboxId }, new AbortController().signal)).rejects.toThrow(
    'the queue is full',
  )

  expect(await inbox.emails()).toEqual([])
  expect(await cursorOf(mailboxId)).toBe(cursor)
  await afterPause()
  expect(await inbox.emails()).toMatchObject([{ subject: 'All or nothing', status: 'needs_review' }])
})

test('when the consent is withdrawn the owner is told once, and nothing is read until they connect again', async () => {
  const inbox = await openInbox(app, onlyStored)
  await app.google.revokeGrants(inbox.owner.email)
  await app.deliver(inbox.owner, { subject: 'Waiting' })

  await inbox.sync()
  await app.drainDelayed()
  await sweep(app)

  expect(await inbox.mailbox()).toMatchObject({ status: 'needs_reauth', lastError: 'GMAIL_NEEDS_REAUTH' })
  expect(await inbox.notifications()).toEqual(['mailbox_needs_reauth'])
  const asked = inbox.requests('GET', /gmail/).length
  await expect(inbox.sync()).rejects.toMatchObject({ cause: { reason: 'GMAIL_NEEDS_REAUTH' } })
  await sweep(app)
  expect(inbox.requests('GET', /gmail/)).toHaveLength(asked)
  expect(await inbox.emails()).toEqual([])
})

test('a declined scope and a domain’s policy are named as such', async () => {
  const inbox = await openInbox(app, onlyStored)
  for (const [kind, lastError] of [
    [faultMatrix.insufficientPermissions, 'SCOPE_MISSING'],
    [faultMatrix.domainPolicy, 'DOMAIN_POLICY'],
  ] as const) {
    app.google.inject({ match: { path: /\/history$/, email: inbox.owner.email }, kind })
    await inbox.sync()
    expect(await inbox.mailbox()).toMatchObject({ status: 'active', lastError })
    await afterPause()
    expect(await inbox.mailbox()).toMatchObject({ lastError: null })
  }
})

test('two syncs of one mailbox at once store each mail once', async () => {
  const inbox = await openInbox(app, onlyStored)
  for (let n = 0; n < 20; n++) await app.deliver(inbox.owner, { subject: `Mail ${n}` })
  const { userId, mailboxId } = inbox
  const sync = () => syncMailbox(app.ctx, { userId, mailboxId }, new AbortController().signal)

  const outcomes = await Promise.allSettled([sync(), sync()])

  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(await inbox.emails()).toHaveLength(20)
})

test('a sync whose lease lapsed and was taken over can store nothing any more', async () => {
  const inbox = await openInbox(app, onlyStored)
  await app.deliver(inbox.owner, { subject: 'Once' })
  const { userId, mailboxId } = inbox
  const sync = () => syncMailbox(app.ctx, { userId, mailboxId }, new AbortController().signal)
  let isStalled = false
  hookSteps({
    async before(name) {
      if (name !== 'store-messages' || isStalled) return
      isStalled = true
      app.clock.advance(61_000)
      await sync()
    },
  })
  await expect(sync()).rejects.toThrow('taken over')
  hookSteps(undefined)

  expect(isStalled).toBe(true)
  expect(await inbox.emails()).toHaveLength(1)
  expect(await inbox.mailbox()).toMatchObject({ lastError: null })
})
