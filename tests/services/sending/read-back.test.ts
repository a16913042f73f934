import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { faultMatrix } from '../../../google-sandbox/sandbox.ts'
import { hookSteps } from '../../../server/step.ts'
import type { Draft } from '../../../shared-types/index.ts'
import { createTestApp } from '../../support/app.ts'
import { type Inbox, openInbox, sweep } from '../../support/connected-inbox.ts'
import {
  approveNew,
  beforeReadBack,
  draftIn,
  expectSentOnce,
  type GmailDraft,
  injectFault,
  sendPaths,
  stateOf,
  approvalOf,
  versionOf,
} from '../../support/sending.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => hookSteps(undefined))

const hourMs = 3_600_000
const byHand = ({ owner }: Inbox) => app.google.byHand(owner.email)
const draftIds = async ({ owner }: Inbox) => (await app.google.drafts(owner.email)).map(({ id }) => id)
const toOf = async (inbox: Inbox) => (await inbox.sent()).map(({ raw }) => /^to: .*$/im.exec(raw.toString())?.[0])

const reasonsOf = async (inbox: Inbox, { emailId }: Draft) => (await inbox.email(emailId)).reasons ?? []

async function expectBackInReview(inbox: Inbox, draft: Draft): Promise<void> {
  expect(await inbox.sent()).toEqual([])
  expect(inbox.requests('POST', sendPaths.send)).toEqual([])
  expect(await stateOf(inbox)).toBe('CANCELLED')
  expect(await inbox.draft(draft.id)).toMatchObject({ status: 'pending' })
  expect((await inbox.email(draft.emailId)).status).toBe('needs_review')
  expect((await reasonsOf(inbox, draft))[0]?.code).toBe('NOT_AS_APPROVED')
  expect(await inbox.notifications()).toContain('send_withdrawn')
}

async function approveAgain(inbox: Inbox, draft: Draft): Promise<void> {
  await inbox.api.drafts.approve(approvalOf(draft))
  await app.drainDelayed()
}

const withHeader = (raw: string, line: string) => `${line}\r\n${raw}`
const withOther = (raw: string, name: string, value: string) =>
  raw.replace(new RegExp(`^${name}: .*(?:\\r\\n[ \\t].*)*`, 'im'), `${name}: ${value}`)

const withFile = (raw: string) => {
  const [head = '', ...body] = raw.split('\r\n\r\n')
  const type = /^content-type:.*(?:\r\n[ \t].*)*/im.exec(head)?.[0] ?? ''
  const file = 'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="prices.pdf"\r\n\r\nPDF'
  const parts = ['', `${type}\r\n\r\n${body.join('\r\n\r\n')}\r\n`, `${file}\r\n`].join('--outer\r\n')
  return `${withOther(head, 'Content-Type', 'multipart/mixed; boundary=outer')}\r\n\r\n${parts}--outer--\r\n`
}

const changes: readonly [what: string, change: (raw: string) => string, told: RegExp][] = [
  [
    'somebody in Bcc',
    (raw) => withHeader(raw, 'Bcc: Eve <eve@elsewhere.example>'),
    /a reply to ada@engine\.example;.* to ada@engine\.example and bcc eve@elsewhere\.example\./,
  ],
  [
    'somebody in a second Bcc',
    (raw) => withHeader(raw, 'Bcc: eve@elsewhere.example\r\nBcc: mallory@elsewhere.example'),
    /bcc/i,
  ],
  ['somebody in copy', (raw) => withHeader(raw, 'Cc: bob@engine.example'), / and cc bob@engine\.example\./],
  [
    'another recipient',
    (raw) => withOther(raw, 'To', 'Ada Byron <ada@engine.example.org>'),
    /a reply to ada@engine\.example; the draft in Gmail goes to ada@engine\.example\.org\./,
  ],
  ['no recipient', (raw) => withOther(raw, 'To', ''), /goes to nobody\./],
  [
    'another subject',
    (raw) => withOther(raw, 'Subject', '=?utf-8?q?Pr=C3=A9cis?='),
    /subject was “Re: Plans”; in Gmail it is “Précis”\./,
  ],
  [
    'other words',
    (raw) => raw.replaceAll(/(Content-Type: text\/plain[^\r]*\r\n(?:[^\r]+\r\n)*\r\n)/gi, '$1Not now. '),
    /text was “.+”; in Gmail it is “Not now\. .+”\./,
  ],
  [
    'other words in the HTML alone',
    (raw) => raw.replace(/<body>/i, '<body><p>Not now.</p>'),
    /text as HTML was “.+”; in Gmail it is “Not now\. .+”\./,
  ],
  ['another mail that it answers', (raw) => withOther(raw, 'In-Reply-To', '<other@engine.example>'), /answers <other@/],
  ['a file', withFile, /without files; the draft in Gmail has prices\.pdf\./],
  ['our mark taken off', (raw) => raw.replace(/^x-reasonflow-outbox:.*\r\n/im, ''), /written anew/],
]

describe('a draft the owner changes in Gmail is not sent, comes back with both shown, and stays theirs:', () => {
  test.each(changes)('%s', async (_what, change, told) => {
    const inbox = await openInbox(app)
    const draft = await approveNew(inbox, { subject: 'Plans' })
    beforeReadBack(app, inbox, ({ id, raw }) => byHand(inbox).changeDraft(id, change(raw)))
    await app.drainDelayed()
    await expectBackInReview(inbox, draft)
    const texts = (await reasonsOf(inbox, draft)).map(({ text }) => text)
    expect(texts).toContainEqual(expect.stringMatching(told))

    const [changed] = await draftIds(inbox)
    app.clock.advance(26 * hourMs)
    await sweep(app)
    expect(await draftIds(inbox)).toEqual([changed])
    await approveAgain(inbox, draft)
    expect(await toOf(inbox)).toEqual(['To: Ada Byron <ada@engine.example>'])
    expect(await draftIds(inbox)).toEqual([changed])
  })

  test('moved to another conversation', async () => {
    const inbox = await openInbox(app)
    const other = await app.deliver(inbox.owner, { subject: 'Something else', from: 'Eve <eve@elsewhere.example>' })
    const draft = await approveNew(inbox)
    const { threadId } = await inbox.email(draft.emailId)
    beforeReadBack(app, inbox, ({ id, raw }) => byHand(inbox).changeDraft(id, raw, other.threadId))
    await app.drainDelayed()
    await expectBackInReview(inbox, draft)
    const text = `Approved was a reply in the conversation ${threadId}; the draft in Gmail is in ${other.threadId}.`
    expect(await reasonsOf(inbox, draft)).toContainEqual({ code: 'NOT_AS_APPROVED', text })
  })
})

test.each([
  ['deleted', (inbox: Inbox, { id }: GmailDraft) => byHand(inbox).discardDraft(id)],
  [
    'edited in Gmail’s page, which gives it another id',
    async (inbox: Inbox, { id, raw }: GmailDraft) => {
      const [{ threadId } = { threadId: '' }] = await app.google.drafts(inbox.owner.email)
      byHand(inbox).discardDraft(id)
      byHand(inbox).saveDraft(raw.replace(/^x-reasonflow-outbox:.*\r\n/im, ''), threadId)
    },
  ],
])('a draft that is gone when it is read back, because it was %s, is not made again', async (_how, act) => {
  const inbox = await openInbox(app)
  const draft = await approveNew(inbox)
  beforeReadBack(app, inbox, (found) => act(inbox, found))
  await app.drainDelayed()
  await expectBackInReview(inbox, draft)
  const theirs = await draftIds(inbox)
  app.clock.advance(26 * hourMs)
  await sweep(app)
  expect(await draftIds(inbox)).toEqual(theirs)
  await approveAgain(inbox, draft)
  await expectSentOnce(inbox, draft)
})

test('a draft that was sent from Gmail by hand is not sent again, and the mail counts as answered', async () => {
  const inbox = await openInbox(app)
  // Gmail's clock is the real one.
  const draft = await approveNew(inbox, { at: new Date(Date.now() - 60_000) })
  beforeReadBack(app, inbox, ({ id }) => void byHand(inbox).sendDraft(id))
  await app.drainDelayed()
  expect(inbox.requests('POST', sendPaths.send)).toEqual([])
  await inbox.sync()
  expect(await inbox.sent()).toHaveLength(1)
  expect(await inbox.email(draft.emailId)).toMatchObject({
    status: 'no_reply',
    reasons: [{ code: 'ANSWERED_IN_GMAIL' }],
  })
})

test('a draft that was changed after its first send was lost is asked about, and never sent', async () => {
  const inbox = await openInbox(app)
  const draft = await approveNew(inbox)
  injectFault(app, inbox, 'send', 'reset')
  await app.drainDelayed()
  expect(await stateOf(inbox)).toBe('SENDING')
  const { id, raw } = await draftIn(app, inbox)
  byHand(inbox).changeDraft(id, withHeader(raw, 'Bcc: eve@elsewhere.example'))
  await app.drainDelayed()
  expect(await stateOf(inbox)).toBe('UNKNOWN')
  expect(await inbox.draft(draft.id)).toMatchObject({ status: 'unknown' })
  const reasons = await reasonsOf(inbox, draft)
  expect(reasons.map(({ code }) => code)).toEqual([
    'NOT_AS_APPROVED',
    'NOT_AS_APPROVED',
    'SEND_UNKNOWN_IF_FOUND',
    'SEND_UNKNOWN_IF_MISSING',
  ])
  expect(reasons[1]?.text).toMatch(/to ada@engine\.example;.*bcc eve@elsewhere\.example/)
  app.clock.advance(26 * hourMs)
  await sweep(app)
  expect(await draftIds(inbox)).toEqual([id])
  expect(inbox.requests('POST', sendPaths.send)).toHaveLength(1)

  await inbox.api.drafts.resolveSend({ ...versionOf(draft), outcome: 'not_sent' })
  expect(await draftIds(inbox)).toEqual([])
  await approveAgain(inbox, draft)
  await expectSentOnce(inbox, draft)
  expect(String((await inbox.sent())[0]?.raw)).not.toContain('eve@')
})

test('a changed draft that its owner sends in Gmail after all settles its send', async () => {
  const inbox = await openInbox(app)
  const draft = await approveNew(inbox)
  injectFault(app, inbox, 'send', 'reset')
  await app.drainDelayed()
  const { id, raw } = await draftIn(app, inbox)
  byHand(inbox).changeDraft(id, withHeader(raw, 'Cc: bob@engine.example'))
  await app.drainDelayed()
  expect(await stateOf(inbox)).toBe('UNKNOWN')
  byHand(inbox).sendDraft(id)
  app.clock.advance(hourMs)
  await sweep(app)
  await expectSentOnce(inbox, draft)
})

test('while the draft cannot be read back it is not sent', async () => {
  const inbox = await openInbox(app)
  const draft = await approveNew(inbox)
  const match = { method: 'GET', path: /\/drafts\/.+/, email: inbox.owner.email }
  {
    using fault = app.google.inject({ match, kind: faultMatrix.unavailable, times: 99 })
    await app.drainDelayed()
    expect(fault.hits).toBeGreaterThan(0)
  }
  expect(await stateOf(inbox)).toBe('READY')
  expect(inbox.requests('POST', sendPaths.send)).toEqual([])
  app.clock.advance(61_000)
  await app.drainDelayed()
  await expectSentOnce(inbox, draft)
})
