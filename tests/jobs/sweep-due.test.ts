import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { createTestApp } from '../support/app.ts'
import { openInbox, sweep } from '../support/connected-inbox.ts'
import { failAt } from '../support/crash.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

/** As if the queue had forgotten them. */
async function loseJobs(name: string, userId: string): Promise<number> {
  const { rows } = await sql`
    delete from pgboss.job where name = ${name} and data->>'userId' = ${userId} returning id`.execute(app.db)
  return rows.length
}

const jobsOf = async (name: string, userId: string) => {
  const { rows } = await sql`
    select id from pgboss.job where name = ${name} and data->>'userId' = ${userId}
    and state in ('created', 'retry')`.execute(app.db)
  return rows.length
}

/** The minute’s sweep, and nothing of what it finds. */
async function sweepOnly(): Promise<void> {
  await app.handlers['sweep-due']({ id: 'test', payload: {}, isLastTry: false, signal: new AbortController().signal })
}

test('an approved reply whose job was lost is found and sent', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  await inbox.api.drafts.approve({ acceptOpenQuestions: true, draftId: draft.id, version: draft.version })
  expect(await loseJobs('dispatch-outbox', inbox.userId)).toBe(1)
  await sweep(app)
  expect(await inbox.sent()).toEqual([])

  app.clock.advance(31_000)
  await sweep(app)
  expect(await inbox.sent()).toHaveLength(1)
})

test('a reply in its undo window is not hurried by the sweep', async () => {
  const inbox = await openInbox(app, { undoWindowSeconds: 120 })
  const draft = await inbox.newDraft()
  await inbox.api.drafts.approve({ acceptOpenQuestions: true, draftId: draft.id, version: draft.version })
  await loseJobs('dispatch-outbox', inbox.userId)
  app.clock.advance(60_000)
  await sweep(app)
  expect(await inbox.draft(draft.id)).toMatchObject({ status: 'approved' })
})

test('a run whose job was lost before it began is found and done', async () => {
  const inbox = await openInbox(app, { processOnSync: false, classifyOnSync: false })
  const { id: emailId } = await inbox.receive()
  const { traceId } = await inbox.api.emails.process({ emailId })
  expect(await loseJobs('process-email', inbox.userId)).toBe(1)

  app.clock.advance(61_000)
  await sweep(app)
  expect(await inbox.api.traces.get({ traceId })).toMatchObject({ status: 'completed' })
  expect(await inbox.email(emailId)).toMatchObject({ status: 'needs_review' })
})

test('a run whose worker died and whose job was lost is found and done', async () => {
  const inbox = await openInbox(app, { processOnSync: false, classifyOnSync: false })
  const { id: emailId } = await inbox.receive()
  await inbox.api.emails.process({ emailId })
  expect(await failAt({ name: 'record-retrieve', moment: 'before', isFatal: true }, () => app.drain())).toBe(true)
  await loseJobs('process-email', inbox.userId)
  expect(await inbox.email(emailId)).toMatchObject({ status: 'processing' })

  app.clock.advance(61_000)
  await sweep(app)
  expect(await inbox.email(emailId)).toMatchObject({ status: 'needs_review' })
})

test('a long queue is not made longer by looking for lost jobs', async () => {
  const inbox = await openInbox(app, { processOnSync: false, classifyOnSync: false })
  const { id: emailId } = await inbox.receive()
  await inbox.api.emails.process({ emailId })
  for (let minutes = 0; minutes < 3; minutes++) {
    app.clock.advance(61_000)
    await sweepOnly()
  }
  expect(await jobsOf('process-email', inbox.userId)).toBe(1)
  await app.drain()
})

test('a first import whose job was lost begins all the same', async () => {
  const owner = await app.newOwner()
  await app.connect(owner)
  await app.deliver(owner)
  expect(await loseJobs('sync-mailbox', owner.userId)).toBe(1)
  await sweep(app)
  expect((await app.as(owner).emails.list()).items).toHaveLength(1)
})

test('nothing is due twice: a swept system is quiet', async () => {
  await sweep(app)
  await app.drainDelayed()
  const before = app.google.journal.length
  await sweep(app)
  expect(app.google.journal.slice(before).map(({ path }) => path)).toEqual([])
})
