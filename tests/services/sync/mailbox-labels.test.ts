import { afterAll, expect, test } from 'vitest'
import { createTestApp } from '../../support/app.ts'
import { type Inbox, openInbox, sweep } from '../../support/connected-inbox.ts'
import { bothSides, storedMail } from '../../support/mailbox-rows.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

const onlyStored = { autonomy: 'off', classifyOnSync: false } as const
const byHand = ({ owner }: Inbox) => app.google.byHand(owner.email)
const reads = (inbox: Inbox) => inbox.requests('GET', /\/messages\/\w+$/).length

test('what the owner reads, stars and labels in Gmail is read, starred and labelled here', async () => {
  const inbox = await openInbox(app, onlyStored)
  const { id: read } = await app.deliver(inbox.owner, { subject: 'Read' })
  const { id: starred } = await app.deliver(inbox.owner, { direction: 'out', subject: 'Starred' })
  await inbox.sync()
  byHand(inbox).label(read, { remove: ['UNREAD'] })
  byHand(inbox).label(starred, { add: ['STARRED', 'IMPORTANT'] })
  byHand(inbox).label(starred, { remove: ['IMPORTANT'] })
  await inbox.sync()

  const stored = await storedMail(app, inbox)
  expect(stored.get(read)).toEqual({ labels: ['INBOX'], isGone: false })
  expect(stored.get(starred)).toEqual({ labels: ['SENT', 'STARRED'], isGone: false })
  expect(reads(inbox)).toBe(2)
})

test('the last move of a label counts, told twice, out of order and over several pages', async () => {
  const inbox = await openInbox(app, onlyStored)
  const { id } = await app.deliver(inbox.owner)
  await inbox.sync()
  const moved = (id_: string, field: 'labelsAdded' | 'labelsRemoved', labelIds: string[]) => ({
    id: id_,
    [field]: [{ message: { id, threadId: id }, labelIds }],
  })
  const far = (place: number) => String(9_007_199_254_800_000n + BigInt(place))
  const pages = [
    [moved(far(4), 'labelsRemoved', ['STARRED']), moved(far(2), 'labelsRemoved', ['UNREAD'])],
    [moved(far(1), 'labelsAdded', ['UNREAD', 'STARRED']), moved(far(3), 'labelsAdded', ['IMPORTANT'])],
    [moved(far(3), 'labelsAdded', ['IMPORTANT']), moved(far(1), 'labelsAdded', ['UNREAD', 'STARRED'])],
  ]
  for (const [index, history] of pages.entries()) {
    const isLast = index === pages.length - 1
    const json = { history, historyId: far(9), ...(isLast ? {} : { nextPageToken: String(index + 1) }) }
    app.google.inject({ match: { path: /\/history$/, email: inbox.owner.email }, kind: { status: 200, json } })
  }
  await inbox.sync()
  expect((await storedMail(app, inbox)).get(id)?.labels).toEqual(['IMPORTANT', 'INBOX'])
})

test.each([
  ['thrown away', (inbox: Inbox, id: string) => byHand(inbox).label(id, { add: ['TRASH'], remove: ['INBOX'] })],
  ['marked as spam', (inbox: Inbox, id: string) => byHand(inbox).label(id, { add: ['SPAM'], remove: ['INBOX'] })],
  ['deleted for good', (inbox: Inbox, id: string) => byHand(inbox).delete(id)],
])('a mail that is %s is gone here with its draft, run and vectors', async (_, remove) => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  const [gmailId] = [...(await storedMail(app, inbox)).keys()]
  remove(inbox, gmailId ?? '')
  await inbox.sync()

  expect(await inbox.emails()).toEqual([])
  expect((await inbox.api.drafts.list({})).items).toEqual([])
  expect((await inbox.api.traces.list({})).items).toEqual([])
  await expect(inbox.draft(draft.id)).rejects.toMatchObject({ cause: { reason: 'NOT_FOUND' } })
  expect((await inbox.api.emails.stats()).byStatus.needs_review ?? 0).toBe(0)
})

test('an approved reply to a mail that is thrown away does not go out', async () => {
  const inbox = await openInbox(app, { undoWindowSeconds: 60 })
  const { id: draftId, version } = await inbox.newDraft()
  await inbox.api.drafts.approve({ acceptOpenQuestions: true, draftId, version })
  const [gmailId] = [...(await storedMail(app, inbox)).keys()]
  byHand(inbox).label(gmailId ?? '', { add: ['TRASH'] })
  await inbox.sync()
  app.clock.advance(61_000)
  await sweep(app)

  expect(await inbox.outbox()).toEqual([])
  expect(await inbox.sent()).toEqual([])
  expect(await app.google.drafts(inbox.owner.email)).toEqual([])
})

test('a mail comes back from the trash as it is in Gmail, and is worked on anew', async () => {
  const inbox = await openInbox(app)
  const { id } = await app.deliver(inbox.owner)
  await inbox.sync()
  byHand(inbox).label(id, { add: ['TRASH'], remove: ['INBOX', 'UNREAD'] })
  await inbox.sync()
  expect(await inbox.emails()).toEqual([])

  byHand(inbox).label(id, { add: ['INBOX', 'STARRED'], remove: ['TRASH'] })
  await inbox.sync()
  expect(await inbox.emails()).toMatchObject([{ status: 'needs_review', draft: { status: 'pending' } }])
  expect((await storedMail(app, inbox)).get(id)?.labels).toEqual(['INBOX', 'STARRED'])
})

test('a mail that was spam on arrival is fetched when the owner says that it is none', async () => {
  const inbox = await openInbox(app, onlyStored)
  const { id } = await app.deliver(inbox.owner, { labels: ['SPAM', 'UNREAD'] })
  await inbox.sync()
  expect(reads(inbox)).toBe(0)
  byHand(inbox).label(id, { add: ['INBOX'], remove: ['SPAM'] })
  await inbox.sync()
  expect((await storedMail(app, inbox)).get(id)?.labels).toEqual(['INBOX', 'UNREAD'])
})

test('a mail that goes to the trash and back between two syncs keeps its draft', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  const [gmailId] = [...(await storedMail(app, inbox)).keys()]
  byHand(inbox).label(gmailId ?? '', { add: ['TRASH'] })
  byHand(inbox).label(gmailId ?? '', { remove: ['TRASH'] })
  await inbox.sync()
  expect(await inbox.draft(draft.id)).toMatchObject({ status: 'pending' })
  expect(reads(inbox)).toBe(1)
})

test('changes to mail from before the first import, and to drafts, cost no reading and store nothing', async () => {
  const inbox = await openInbox(app, onlyStored)
  const old = await app.deliver(inbox.owner, { at: new Date(app.clock.now().getTime() - 90 * 86_400_000) })
  await inbox.sync()
  expect(await inbox.emails()).toEqual([])
  const before = reads(inbox)
  byHand(inbox).label(old.id, { add: ['STARRED'] })
  const draftId = byHand(inbox).saveDraft('To: ada@engine.example\r\nSubject: Not yet\r\n\r\nHello')
  byHand(inbox).discardDraft(draftId)
  await inbox.sync()
  expect(reads(inbox)).toBe(before)
  expect(await inbox.emails()).toEqual([])
})

/** A reply of which nobody knows whether it went out. */
async function unknownSend(inbox: Inbox) {
  const draft = await inbox.newDraft()
  const [gmailId] = [...(await storedMail(app, inbox)).keys()]
  await inbox.api.drafts.approve({ acceptOpenQuestions: true, draftId: draft.id, version: draft.version })
  await app.db
    .updateTable('outbox')
    .set({ state: 'UNKNOWN', sendingSince: app.clock.now().toISOString() })
    .where('userId', '=', inbox.userId)
    .execute()
  return { draft, gmailId: gmailId ?? '' }
}

const settle = (inbox: Inbox, state: 'SENT' | 'NOT_SENT') =>
  app.db.updateTable('outbox').set({ state }).where('userId', '=', inbox.userId).execute()

test('a mail whose reply may be on its way is kept until that is settled, and gone with the next minute', async () => {
  const inbox = await openInbox(app)
  const { gmailId } = await unknownSend(inbox)
  byHand(inbox).delete(gmailId)
  await inbox.sync()
  await sweep(app)
  expect((await storedMail(app, inbox)).get(gmailId)).toMatchObject({ isGone: true })
  expect((await inbox.outbox()).map(({ state }) => state)).toEqual(['UNKNOWN'])

  await settle(inbox, 'SENT')
  await sweep(app)
  expect(await storedMail(app, inbox)).toEqual(new Map())
  expect(await inbox.outbox()).toEqual([])
})

test('a mail that was kept for its reply and is back in the inbox stays, with what changed meanwhile', async () => {
  const inbox = await openInbox(app)
  const { gmailId } = await unknownSend(inbox)
  byHand(inbox).label(gmailId, { add: ['TRASH'], remove: ['INBOX'] })
  await inbox.sync()
  byHand(inbox).label(gmailId, { add: ['STARRED'] })
  await inbox.sync()
  expect((await storedMail(app, inbox)).get(gmailId)).toMatchObject({ isGone: true })

  byHand(inbox).label(gmailId, { add: ['INBOX'], remove: ['TRASH'] })
  await inbox.sync()
  await settle(inbox, 'NOT_SENT')
  await sweep(app)
  expect(await storedMail(app, inbox)).toEqual(
    new Map([[gmailId, { labels: ['INBOX', 'STARRED', 'UNREAD'], isGone: false }]]),
  )
  const { here, inGmail } = await bothSides(app, inbox)
  expect(here).toEqual(inGmail)
})

test('a hundred and more changes are done in one sync, and nothing is read that is there', async () => {
  const inbox = await openInbox(app, onlyStored)
  const ids: string[] = []
  for (let n = 0; n < 120; n++) ids.push((await app.deliver(inbox.owner, { subject: `Mail ${n}` })).id)
  await inbox.sync()
  expect(reads(inbox)).toBe(120)
  for (const [n, id] of ids.entries()) {
    byHand(inbox).label(id, { remove: ['UNREAD'] })
    if (n % 3 === 0) byHand(inbox).label(id, { add: ['TRASH'] })
    if (n % 3 === 1) byHand(inbox).delete(id)
  }
  await inbox.sync()
  const { here, inGmail } = await bothSides(app, inbox)
  expect(here).toEqual(inGmail)
  expect(Object.keys(here)).toHaveLength(40)
  expect(reads(inbox)).toBe(120)
})
