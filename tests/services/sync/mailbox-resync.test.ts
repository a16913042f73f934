// Slow: whole resyncs, page by page, of mailboxes with up to some hundred mails.
import { afterAll, afterEach, expect, test } from 'vitest'
import { faultMatrix } from '../../../google-sandbox/sandbox.ts'
import { hookSteps } from '../../../server/step.ts'
import { createTestApp } from '../../support/app.ts'
import { type Inbox, openInbox, sweep } from '../../support/connected-inbox.ts'
import { bothSides, storedMail, syncState } from '../../support/mailbox-rows.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => hookSteps(undefined))

const onlyStored = { autonomy: 'off', classifyOnSync: false } as const
const byHand = ({ owner }: Inbox) => app.google.byHand(owner.email)
const reads = (inbox: Inbox) => inbox.requests('GET', /\/messages\/\w+$/).length

async function deliver(inbox: Inbox, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let n = 0; n < count; n++) ids.push((await app.deliver(inbox.owner, { subject: `Mail ${n}` })).id)
  return ids
}

/** Everything an owner may do while nobody listens, to ten mails. */
function changeBehindTheGap(inbox: Inbox, ids: readonly string[]): void {
  const owner = byHand(inbox)
  const [read, starred, thrown, spam, deleted, archived, returned, mixed] = ids
  owner.label(read!, { remove: ['UNREAD'] })
  owner.label(starred!, { add: ['STARRED', 'IMPORTANT'] })
  owner.label(thrown!, { add: ['TRASH'], remove: ['INBOX'] })
  owner.label(spam!, { add: ['SPAM'], remove: ['INBOX'] })
  owner.delete(deleted!)
  owner.label(archived!, { remove: ['INBOX', 'UNREAD'] })
  owner.label(returned!, { add: ['TRASH'] })
  owner.label(returned!, { remove: ['TRASH'] })
  owner.label(mixed!, { add: ['STARRED', 'TRASH'] })
  owner.label(mixed!, { remove: ['TRASH', 'UNREAD'] })
}

/** The minutes of a resync and of the syncs that follow. */
async function settle(minutes = 1): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) {
    app.clock.advance(61_000)
    await sweep(app)
  }
}

async function expectEqual(inbox: Inbox): Promise<void> {
  const { here, inGmail } = await bothSides(app, inbox)
  expect(here).toEqual(inGmail)
  expect(await inbox.mailbox()).toMatchObject({ importProgress: null, lastError: null })
  expect(await syncState(app, inbox)).toMatchObject({
    failures: 0,
    retryAt: null,
    leaseUntil: null,
    resyncHistoryId: null,
  })
}

test('after a gap in the history everything that happened behind it is found: mail, deletions, labels, read state', async () => {
  const inbox = await openInbox(app, onlyStored)
  const ids = await deliver(inbox, 12)
  await inbox.sync()
  changeBehindTheGap(inbox, ids)
  await app.deliver(inbox.owner, { subject: 'Behind the gap' })
  await app.deliver(inbox.owner, { direction: 'out', subject: 'Written behind the gap' })
  await app.deliver(inbox.owner, { subject: 'Spam', labels: ['SPAM'] })
  app.google.expireHistory(inbox.owner.email)

  await inbox.sync()

  await expectEqual(inbox)
  const subjects = (await inbox.emails()).map(({ subject }) => subject)
  expect(subjects).toEqual(expect.arrayContaining(['Behind the gap', 'Written behind the gap']))
  // Two that are new, and the one deleted for good, of which no list tells.
  expect(reads(inbox)).toBe(12 + 2 + 1)
  await inbox.receive({ subject: 'After' })
  await expectEqual(inbox)
})

test('a gap behind which nothing happened costs a page a label and no reading', async () => {
  const inbox = await openInbox(app, onlyStored)
  await deliver(inbox, 60)
  await inbox.sync()
  const [unitsBefore, readsBefore] = [app.google.unitsUsed(inbox.owner.email), reads(inbox)]
  app.google.expireHistory(inbox.owner.email)
  await inbox.sync()

  await expectEqual(inbox)
  expect(reads(inbox)).toBe(readsBefore)
  expect(app.google.unitsUsed(inbox.owner.email) - unitsBefore).toBeLessThan(100)
})

test('mail that is new after a gap is worked on once all of it is there', async () => {
  const inbox = await openInbox(app)
  const question = '<asked-behind-the-gap@engine.example>'
  const anHourAgo = new Date(app.clock.now().getTime() - 3_600_000)
  await app.deliver(inbox.owner, { subject: 'Answered', messageId: question, at: anHourAgo })
  await app.deliver(inbox.owner, { direction: 'out', subject: 'Re: Answered', inReplyTo: question })
  await app.deliver(inbox.owner, { subject: 'Open' })
  app.google.expireHistory(inbox.owner.email)
  await inbox.sync()
  const found = await inbox.api.emails.list({ flow: 'in' })
  expect(Object.fromEntries(found.items.map(({ subject, status }) => [subject, status]))).toEqual({
    Answered: 'no_reply',
    Open: 'needs_review',
  })
})

test('what changes while a resync is under way is found as well', async () => {
  const inbox = await openInbox(app, onlyStored)
  const ids = await deliver(inbox, 12)
  await inbox.sync()
  app.google.expireHistory(inbox.owner.email)
  let pages = 0
  hookSteps({
    after(name) {
      if (name !== 'note-listed') return
      pages += 1
      if (pages === 1) changeBehindTheGap(inbox, ids)
      if (pages === 4) byHand(inbox).label(ids[9]!, { add: ['TRASH'] })
      if (pages === 9) byHand(inbox).label(ids[9]!, { remove: ['TRASH', 'UNREAD'] })
    },
  })
  await inbox.sync()
  hookSteps(undefined)
  expect(pages).toBeGreaterThan(9)
  await expectEqual(inbox)
})

test.each([
  'begin-resync',
  'note-listed',
  'remove-left-out',
  'settle-unlisted',
  'store-messages',
  'adopt-labels',
  'end-resync',
])('a resync that ends before or after %s goes on where it was', async (step) => {
  for (const moment of ['before', 'after'] as const) {
    const inbox = await openInbox(app, onlyStored)
    const ids = await deliver(inbox, 12)
    await inbox.sync()
    changeBehindTheGap(inbox, ids)
    await app.deliver(inbox.owner, { subject: 'Behind the gap' })
    app.google.expireHistory(inbox.owner.email)
    let isStruck = false
    const strike = (name: string) => {
      if (name !== step || isStruck) return
      isStruck = true
      throw new Error('power cut')
    }
    hookSteps({ [moment]: strike })
    await inbox.sync()
    hookSteps(undefined)
    expect(isStruck).toBe(true)
    await settle(3)
    await expectEqual(inbox)
  }
})

test('sent mail that the lists do not show yet is not taken for deleted', async () => {
  const inbox = await openInbox(app, onlyStored)
  const draftId = byHand(inbox).saveDraft(`To: ada@engine.example\r\nSubject: Just sent\r\n\r\nHello`)
  const { id } = byHand(inbox).sendDraft(draftId)
  await inbox.sync()
  app.google.delaySentVisibility(Infinity)
  app.google.expireHistory(inbox.owner.email)
  await inbox.sync()
  app.google.delaySentVisibility(0)
  expect([...(await storedMail(app, inbox)).keys()]).toEqual([id])
})

test('one message that Gmail answers badly holds no resync up, and is looked at again later', async () => {
  const inbox = await openInbox(app, onlyStored)
  const [bad] = await deliver(inbox, 3)
  await inbox.sync()
  byHand(inbox).delete(bad!)
  app.google.expireHistory(inbox.owner.email)
  const path = new RegExp(`/messages/${bad}$`)
  const fault = app.google.inject({ match: { path }, kind: faultMatrix.internalError, times: Infinity })
  await inbox.sync()
  expect(await syncState(app, inbox)).toMatchObject({ resyncHistoryId: null, failures: 0 })
  expect([...(await storedMail(app, inbox)).keys()]).toHaveLength(3)

  await settle(6)
  expect([...(await storedMail(app, inbox)).keys()]).toHaveLength(3)
  fault[Symbol.dispose]()
  await settle(12)
  await expectEqual(inbox)
})

test('sent mail that no list shows and of which Gmail would not tell stays, until it can be asked', async () => {
  const inbox = await openInbox(app, onlyStored)
  const draftId = byHand(inbox).saveDraft(`To: ada@engine.example\r\nSubject: Just sent\r\n\r\nHello`)
  const { id } = byHand(inbox).sendDraft(draftId)
  await inbox.sync()
  app.google.expireHistory(inbox.owner.email)
  app.google.delaySentVisibility(Infinity)
  const match = { path: new RegExp(`/messages/${id}$`) }
  const fault = app.google.inject({ match, kind: faultMatrix.internalError, times: Infinity })
  await inbox.sync()
  expect(await quarantineMessage(inbox)).toEqual([id])
  expect([...(await storedMail(app, inbox)).keys()]).toEqual([id])

  fault[Symbol.dispose]()
  app.google.delaySentVisibility(0)
  await settle(12)
  expect(await quarantineMessage(inbox)).toEqual([])
  await expectEqual(inbox)
})

async function quarantineMessage({ userId }: Inbox): Promise<string[]> {
  const rows = await app.db.selectFrom('quarantinedMessages').where('userId', '=', userId).select('gmailId').execute()
  return rows.map(({ gmailId }) => gmailId)
}

test('a page of a list that Gmail does not take any more is listed again, and a label that is gone is worn by nobody', async () => {
  const inbox = await openInbox(app, onlyStored)
  await deliver(inbox, 3)
  await inbox.sync()
  app.google.expireHistory(inbox.owner.email)
  const fault = { match: { path: /\/messages$/, email: inbox.owner.email }, kind: faultMatrix.invalidArgument }
  let pages = 0
  hookSteps({
    async after(name) {
      if (name !== 'note-listed') return
      pages += 1
      if (pages === 2) {
        // As if the list of this label had a second page.
        await app.db
          .updateTable('mailboxes')
          .set({ resyncPageToken: '500' })
          .where('id', '=', inbox.mailboxId)
          .execute()
        throw new Error('power cut')
      }
      if (pages === 3) app.google.inject(fault)
    },
  })
  await inbox.sync()
  app.google.inject(fault)
  await settle(3)
  hookSteps(undefined)
  await settle(2)
  expect(inbox.requests('GET', /\/messages$/).filter(({ status }) => status === 400)).toHaveLength(2)
  await expectEqual(inbox)
})

test('a history that is always too old is not listed again and again without a pause', async () => {
  const inbox = await openInbox(app, onlyStored)
  await deliver(inbox, 3)
  const match = { path: /\/history$/, email: inbox.owner.email }
  using fault = app.google.inject({ match, kind: faultMatrix.notFound, times: 999 })
  await inbox.sync()
  await app.drainDelayed()
  expect(fault.hits).toBe(2)
  expect((await storedMail(app, inbox)).size).toBe(3)

  const pauses: number[] = []
  for (let round = 0; round < 5; round++) {
    const { retryAt } = await syncState(app, inbox)
    const pauseMs = new Date(retryAt ?? 0).getTime() - app.clock.now().getTime()
    pauses.push(Math.round(pauseMs / 1_000))
    app.clock.advance(pauseMs + 1_000)
    await sweep(app)
    await app.drainDelayed()
  }
  expect(pauses).toEqual(pauses.toSorted((a, b) => a - b))
  expect(pauses.at(-1)).toBeGreaterThan(180)
  expect(fault.hits).toBe(7)
})

test('the bound of the first import stays: older mail is not brought in by a resync', async () => {
  const inbox = await openInbox(app, { ...onlyStored, lookBackDays: 3 })
  const daysAgo = (days: number) => new Date(app.clock.now().getTime() - days * 86_400_000)
  await app.deliver(inbox.owner, { subject: 'Older', at: daysAgo(20) })
  await inbox.api.settings.update({ lookBackDays: 90 })
  await app.deliver(inbox.owner, { subject: 'Newer', at: daysAgo(1) })
  app.google.expireHistory(inbox.owner.email)
  await inbox.sync()
  expect((await inbox.emails()).map(({ subject }) => subject)).toEqual(['Newer'])
})
