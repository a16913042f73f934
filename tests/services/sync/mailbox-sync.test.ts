import { afterAll, expect, test } from 'vitest'
import type { EmailItem } from '../../../shared-types/index.ts'
import { createTestApp, type TestOwner } from '../../support/app.ts'
import { openInbox, sweep } from '../../support/connected-inbox.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

const daysAgo = (days: number) => new Date(app.clock.now().getTime() - days * 86_400_000)
const minutesLater = (at: Date, minutes: number) => new Date(at.getTime() + minutes * 60_000)
const onlyStored = { autonomy: 'off', classifyOnSync: false } as const

async function allEmails(owner: TestOwner): Promise<EmailItem[]> {
  const emails: EmailItem[] = []
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await app.as(owner).emails.list({ limit: 100, ...(cursor && { cursor }) })
    emails.push(...page.items)
    cursor = page.nextCursor
  }
  return emails
}

const subjectsOf = (emails: readonly EmailItem[]) => emails.map(({ subject }) => subject)

test('the first import takes the mail of the look-back days and leaves older mail out', async () => {
  const owner = await app.newOwner()
  await app.connect(owner)
  await app.as(owner).settings.update({ lookBackDays: 7 })
  await app.deliver(owner, { subject: 'From last week', at: daysAgo(6) })
  await app.deliver(owner, { subject: 'From another age', at: daysAgo(8) })

  await app.drain()

  expect(subjectsOf(await allEmails(owner))).toEqual(['From last week'])
})

test('a large mailbox is imported newest first in pages of fifty; a failure in the middle loses and doubles nothing', async () => {
  const owner = await app.newOwner()
  const { mailboxId } = await app.connect(owner)
  const api = app.as(owner)
  await api.settings.update(onlyStored)
  const ids: string[] = []
  for (let n = 0; n < 160; n++) {
    ids.push((await app.deliver(owner, { subject: `Mail ${n}`, at: minutesLater(daysAgo(5), n) })).id)
  }
  const newestFirst = Array.from({ length: 160 }, (_, n) => `Mail ${159 - n}`)

  app.google.inject({
    match: { path: new RegExp(`/messages/${ids[80]}$`) },
    kind: { status: 403, reason: 'insufficientPermissions' },
  })
  await app.drain()

  // What was read of the second page before the failure is kept as well.
  const kept = subjectsOf(await allEmails(owner))
  expect(kept.slice(0, 50)).toEqual(newestFirst.slice(0, 50))
  expect(kept.length).toBeGreaterThan(70)
  expect(kept).not.toContain('Mail 80')
  const [halfway] = (await api.mailboxes.list()).items
  expect(halfway).toMatchObject({
    importProgress: { done: 50, estimated: 160 },
    cursorAgeSeconds: null,
    lastSyncAt: null,
    lastError: 'SCOPE_MISSING',
  })

  // Arrives above the pages that are done: only the first sync after the import can find it.
  await app.deliver(owner, { subject: 'Meanwhile' })
  app.clock.advance(31_000)
  await sweep(app)

  expect(subjectsOf(await allEmails(owner))).toEqual(['Meanwhile', ...newestFirst])
  const [done] = (await api.mailboxes.list()).items
  expect(done).toMatchObject({ id: mailboxId, importProgress: null, lastError: null })
  expect(done?.cursorAgeSeconds).toBeLessThan(60)
  for (const id of [ids[159], ids[90]]) {
    expect(app.google.journal.filter(({ path }) => path.endsWith(`/messages/${id}`))).toHaveLength(1)
  }
})

test('runs begin when the whole import is there, so that an answered thread is left alone', async () => {
  const owner = await app.newOwner()
  await app.connect(owner)
  const question = '<question@engine.example>'
  await app.deliver(owner, { subject: 'Drawings', messageId: question, at: daysAgo(2) })
  await app.deliver(owner, { direction: 'out', subject: 'Re: Drawings', inReplyTo: question, at: daysAgo(1) })
  for (let n = 0; n < 60; n++) await app.deliver(owner, { subject: `Later ${n}`, labels: ['SENT'], from: owner.email })

  await app.drain()

  const asked = (await allEmails(owner)).find(({ subject }) => subject === 'Drawings')
  expect(asked).toMatchObject({ status: 'no_reply', draft: null })
})

test('after the import a sync reads only what is new, by history', async () => {
  const inbox = await openInbox(app, onlyStored)
  await inbox.receive({ subject: 'First' })
  const before = inbox.requests('GET', /\/messages$/).length
  await app.deliver(inbox.owner, { subject: 'Second' })
  await app.deliver(inbox.owner, { subject: 'Third' })
  await inbox.sync()
  await inbox.sync()

  expect(subjectsOf(await inbox.emails()).sort()).toEqual(['First', 'Second', 'Third'])
  expect(inbox.requests('GET', /\/messages$/)).toHaveLength(before)
  expect(inbox.requests('GET', /\/messages\/\w+$/)).toHaveLength(3)
})

test('sent mail is stored as written by the owner, and teaches the owner’s display name', async () => {
  const inbox = await openInbox(app)
  const email = await inbox.receive({ direction: 'out', subject: 'An offer' })

  expect(email).toMatchObject({ direction: 'out', status: 'sent', intent: null, draft: null })
  const draft = await inbox.newDraft({ subject: 'A question' })
  expect(draft.from).toEqual({ name: 'Mara Lindqvist', address: inbox.owner.email })
})

test('everybody who can read a mail is stored with their role, blind copies apart', async () => {
  const inbox = await openInbox(app, onlyStored)
  const { id } = await inbox.receive({
    direction: 'out',
    to: 'Ada Byron <Ada@Engine.example>, Charles <charles@engine.example>',
    cc: 'mary@engine.example',
    headers: ['Bcc: secret@engine.example'],
  })

  const rows = await app.db
    .selectFrom('emailParticipants')
    .where('userId', '=', inbox.userId)
    .where('emailId', '=', id)
    .select(['role', 'address'])
    .orderBy('role')
    .orderBy('address')
    .execute()
  expect(rows).toEqual([
    { role: 'bcc', address: 'secret@engine.example' },
    { role: 'cc', address: 'mary@engine.example' },
    { role: 'from', address: inbox.owner.email },
    { role: 'to', address: 'ada@engine.example' },
    { role: 'to', address: 'charles@engine.example' },
  ])
})

test('spam, trash and unsent drafts are not part of the inbox, in the import and later', async () => {
  const owner = await app.newOwner()
  const { mailboxId } = await app.connect(owner)
  const api = app.as(owner)
  await api.settings.update(onlyStored)
  const deliverAll = async (when: string) => {
    for (const label of ['SPAM', 'TRASH', 'DRAFT'])
      await app.deliver(owner, { subject: `${when} ${label}`, labels: [label] })
    await app.deliver(owner, { subject: `${when} mail` })
  }
  await deliverAll('Imported')
  await app.drain()
  await deliverAll('Later')
  await api.mailboxes.sync({ mailboxId })
  await app.drain()

  expect(subjectsOf(await allEmails(owner)).sort()).toEqual(['Imported mail', 'Later mail'])
})

test('equal Gmail ids in two owners’ mailboxes are two mails (P15)', async () => {
  const [one, other] = [await openInbox(app, onlyStored), await openInbox(app, onlyStored)]
  for (const { owner } of [one, other]) {
    const raw = `From: ada@engine.example\r\nTo: ${owner.email}\r\nSubject: For ${owner.email}\r\n\r\nHello`
    await app.google.deliver(owner.email, raw, { id: '198affffffffffff', receivedAt: app.clock.now() })
  }
  await one.sync()
  await other.sync()

  expect(subjectsOf(await one.emails())).toEqual([`For ${one.owner.email}`])
  expect(subjectsOf(await other.emails())).toEqual([`For ${other.owner.email}`])
})
