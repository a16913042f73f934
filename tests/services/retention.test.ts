import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { createTestApp } from '../support/app.ts'
import { openInbox, sweep } from '../support/connected-inbox.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

const dayMs = 86_400_000
const later = (days: number) => app.clock.advance(days * dayMs)

/** The sweep that finds it, and what it enqueues. */
async function look() {
  await sweep(app)
  await sweep(app)
}

async function rowsOf(userId: string, tables: readonly string[]) {
  const counts = await Promise.all(
    tables.map(async (table) => {
      const { rows } = await sql<{ count: number }>`
        select count(*)::int as count from ${sql.table(table)} where user_id = ${userId}`.execute(app.db)
      return [table, rows[0]?.count]
    }),
  )
  return Object.fromEntries(counts)
}

test('what is older than its owner wants it kept goes with all that was made of it, and stays in Gmail', async () => {
  const [inbox, other] = [await openInbox(app), await openInbox(app)]
  const drafts = [await inbox.newDraft(), await inbox.newDraft({ subject: 'Another' })]
  const kept = await other.newDraft()
  for (const { id: draftId, version } of drafts.slice(0, 1)) {
    await inbox.api.drafts.approve({ acceptOpenQuestions: true, draftId, version })
  }
  await inbox.api.drafts.reject({ draftId: drafts[1]?.id ?? '', version: 1 })
  await other.api.drafts.reject({ draftId: kept.id, version: kept.version })
  await app.drainDelayed()
  const inGmail = (await app.google.messages(inbox.owner.email)).length
  expect(inGmail).toBe(3)

  await inbox.api.settings.update({ retentionDays: 30 })
  await look()
  expect(await inbox.emails()).not.toEqual([])
  later(31)
  await look()
  expect(await inbox.emails()).toEqual([])
  const tables = ['emails', 'drafts', 'draft_versions', 'traces', 'agent_steps', 'model_calls', 'embeddings', 'outbox']
  expect(await rowsOf(inbox.userId, [...tables, 'notifications'])).toEqual(
    Object.fromEntries([...tables, 'notifications'].map((table) => [table, 0])),
  )
  expect(await app.google.messages(inbox.owner.email)).toHaveLength(inGmail)
  expect(await other.emails()).toHaveLength(1)
})

test('what waits for its owner stays however old it is, and goes once it is settled', async () => {
  const inbox = await openInbox(app, { retentionDays: 7 })
  const draft = await inbox.newDraft()
  later(40)
  await look()
  expect(await inbox.draft(draft.id)).toMatchObject({ status: 'pending' })
  await inbox.api.drafts.reject({ draftId: draft.id, version: draft.version })
  later(1)
  await look()
  expect(await inbox.emails()).toEqual([])
})

test('no sync brings back what was removed, even where the place in the history was lost', async () => {
  const inbox = await openInbox(app, { retentionDays: 7 })
  const { id } = await inbox.receive({ headers: ['List-Id: <n.example>'] })
  later(8)
  await look()
  expect(await inbox.emails()).toEqual([])
  app.google.expireHistory(inbox.owner.email)
  await inbox.sync()
  await app.drainDelayed()
  expect(await inbox.emails()).toEqual([])
  expect(id).not.toBe('')
})

test('a first import brings no mail that would go again at once', async () => {
  const owner = await app.newOwner()
  const now = app.clock.now().getTime()
  await app.as(owner).settings.update({ retentionDays: 10, lookBackDays: 30 })
  await app.connect(owner)
  for (const days of [3, 20]) {
    await app.deliver(owner, { subject: `${days} days old`, at: new Date(now - days * dayMs) })
  }
  await app.drain()
  const { items } = await app.as(owner).emails.list({})
  expect(items.map(({ subject }) => subject)).toEqual(['3 days old'])
})

test('without a limit nothing goes', async () => {
  const inbox = await openInbox(app, { retentionDays: 7 })
  await inbox.receive({ headers: ['List-Id: <n.example>'] })
  await inbox.api.settings.update({ retentionDays: null })
  later(400)
  await look()
  expect(await inbox.emails()).toHaveLength(1)
})
