import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { createTestApp } from '../support/app.ts'
import { type Inbox, openInbox, sweep } from '../support/connected-inbox.ts'
import { newEmailRow } from '../support/rows.ts'
import { injectFault, stateOf, approvalOf } from '../support/sending.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

const disconnect = ({ api, mailboxId }: Inbox) => api.mailboxes.disconnect({ mailboxId, storedMail: 'delete' })

/** What is stored of a mailbox anywhere, by table; its own row, the owner's trust in kinds of mail and the log apart. */
async function rowsAbout({ userId }: Inbox): Promise<Record<string, number>> {
  const tables = ['emails', 'email_participants', 'attachments', 'embeddings', 'vectors_due', 'traces', 'agent_steps']
  const counts: Record<string, number> = {}
  for (const table of [...tables, 'drafts', 'draft_versions', 'outbox', 'mailbox_counters', 'mailboxes']) {
    const counted = sql<{ n: number }>`select count(*)::integer as n from ${sql.table(table)} where user_id = ${userId}`
    counts[table] = (await counted.execute(app.db)).rows[0]?.n ?? 0
  }
  return Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0))
}

test('with its mail deleted nothing is left of a mailbox, in some steps, and another’s stays', async () => {
  const [inbox, other] = [await openInbox(app), await openInbox(app)]
  await inbox.newDraft()
  await other.newDraft()
  const before = await rowsAbout(other)
  for (let count = 0; count < 250; count++) await newEmailRow(app.db, { ...inbox, address: inbox.owner.email })
  await disconnect(inbox)
  await app.drain()
  expect(await rowsAbout(inbox)).toEqual({})
  expect(await rowsAbout(other)).toEqual(before)
  const { mailboxId } = await app.reconnect(inbox.owner)
  expect(mailboxId).not.toBe(inbox.mailboxId)
})

test('connected again while its mail is being deleted, the account is a mailbox of its own', async () => {
  const inbox = await openInbox(app)
  await inbox.receive({ subject: 'In Gmail' })
  await disconnect(inbox)
  const { mailboxId } = await app.reconnect(inbox.owner)
  await app.drainDelayed()
  expect((await inbox.api.mailboxes.list()).items.map(({ id, status }) => [id, status])).toEqual([
    [mailboxId, 'active'],
  ])
  expect((await inbox.emails()).map(({ subject }) => subject)).toEqual(['In Gmail'])
})

test('mail whose reply is being sent is deleted once that is over', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  await inbox.api.drafts.approve(approvalOf(draft))
  injectFault(app, inbox, 'send', 'answerLost')
  app.google.delaySentVisibility(Infinity)
  await app.drainDelayed()
  await disconnect(inbox)
  await app.drain()
  expect(await stateOf(inbox)).toBe('SENDING')
  app.clock.advance(11 * 60_000)
  await sweep(app)
  await app.drainDelayed()
  app.google.delaySentVisibility(0)
  expect(await rowsAbout(inbox)).toEqual({})
})
