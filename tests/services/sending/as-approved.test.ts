import { afterAll, afterEach, expect, test } from 'vitest'
import { hookSteps } from '../../../server/step.ts'
import type { Draft } from '../../../shared-types/index.ts'
import { createTestApp } from '../../support/app.ts'
import { type Inbox, openInbox } from '../../support/connected-inbox.ts'
import { approveNew, beforeReadBack, expectSentOnce, approvalOf, versionOf } from '../../support/sending.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => hookSteps(undefined))

const toOf = async (inbox: Inbox) => (await inbox.sent()).map(({ raw }) => /^to: .*$/im.exec(raw.toString())?.[0])

test('a contact whose address changes within the undo window gets no mail at the other address', async () => {
  const inbox = await openInbox(app, { undoWindowSeconds: 30 })
  const draft = await approveNew(inbox)
  const { numUpdatedRows } = await app.db
    .updateTable('contacts')
    .set({ address: 'ada@elsewhere.example', name: 'Eve' })
    .where('userId', '=', inbox.userId)
    .where('address', '=', 'ada@engine.example')
    .executeTakeFirst()
  expect(Number(numUpdatedRows)).toBe(1)
  app.clock.advance(31_000)
  await app.drainDelayed()
  await expectSentOnce(inbox, draft)
  expect(await toOf(inbox)).toEqual(['To: Ada Byron <ada@engine.example>'])
})

test('a Reply-To in a later mail within the undo window changes nothing', async () => {
  const inbox = await openInbox(app, { undoWindowSeconds: 30 })
  const asked = '<asked@engine.example>'
  const draft = await approveNew(inbox, { subject: 'Plans', messageId: asked })
  await inbox.receive({
    subject: 'Re: Plans',
    inReplyTo: asked,
    text: 'Thank you in advance!\r\n\r\nAda',
    headers: ['Reply-To: Eve <eve@elsewhere.example>'],
  })
  app.clock.advance(31_000)
  await app.drainDelayed()
  await expectSentOnce(inbox, draft)
  expect(await toOf(inbox)).toEqual(['To: Ada Byron <ada@engine.example>'])
})

/** The same mail as other software writes it: names, subject and text in other encodings, headers in another order. */
function inOtherWriting(raw: string, { to, subject, body }: Draft): string {
  const encoded = (text: string) => `=?utf-8?b?${Buffer.from(text).toString('base64')}?=`
  const halves = [subject.slice(0, 9), subject.slice(9)].map(encoded)
  const kept = ['x-reasonflow-outbox', 'in-reply-to', 'references', 'from'].map((name) => {
    return new RegExp(`^${name}:.*(?:\\r\\n[ \\t].*)*`, 'im')
      .exec(raw)?.[0]
      .replace(/^[^:]+/, (key) => key.toUpperCase())
  })
  const base64 = Buffer.from(body.replaceAll('\n', '  \n')).toString('base64')
  return [
    'Content-Transfer-Encoding: base64\nContent-Type: text/plain; charset="UTF-8"',
    `Subject: ${halves.join('\n  ')}`,
    `To: ${to.map(({ name, address }) => `${encoded(name)}\n <${address.toUpperCase()}>`).join(',\n ')}`,
    ...kept,
    `\n${base64.replaceAll(/(.{76})/g, '$1\n')}`,
  ].join('\n')
}

test.each([
  ['plain names and subjects', 'Ada Byron <ada@engine.example>', 'Plans'],
  ['a Unicode name and subject', 'Zoë “Ж” Müller <ada@engine.example>', 'Zwei Zeichnungen für 図面 🦉, naïvement'],
  ['a name with a comma', '"Byron, Ada" <ada@engine.example>', 'Re: AW: A  question,  twice'],
  ['a long subject', 'Ada Byron <ada@engine.example>', `${'Ärger mit der Maschine '.repeat(9)}Ende`],
])('the same mail in other encodings is sent: %s', async (_what, from, subject) => {
  const inbox = await openInbox(app)
  const draft = await approveNew(inbox, { from, subject: `=?utf-8?b?${Buffer.from(subject).toString('base64')}?=` })
  expect(draft.subject).toContain(subject.slice(-4))
  beforeReadBack(app, inbox, ({ id, raw }) =>
    app.google.byHand(inbox.owner.email).changeDraft(id, inOtherWriting(raw, draft)),
  )
  await app.drainDelayed()
  await expectSentOnce(inbox, draft)
})

test('words that are hard to carry are sent as they were approved', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  const body = `Dear Ada,\n\n${'one long line '.repeat(99)}\n> quoted\nFrom here – “each”. 🦉\n-- \n\n\n  <b>Mara</b> &amp; =20\u200B\n.\n`
  const edited = await inbox.api.drafts.edit({ ...versionOf(draft), body })
  await inbox.api.drafts.approve(approvalOf(edited))
  await app.drainDelayed()
  await expectSentOnce(inbox, draft)
  expect(inbox.requests('GET', /\/drafts\/.+/)).toHaveLength(1)
})

test('a reply costs one small read more', async () => {
  const inbox = await openInbox(app)
  const draft = await approveNew(inbox)
  const before = app.google.unitsUsed(inbox.owner.email)
  await app.drainDelayed()
  await expectSentOnce(inbox, draft)
  expect(inbox.requests('GET', /\/drafts\/.+/)).toHaveLength(1)
  // drafts.create, drafts.get, drafts.send
  expect(app.google.unitsUsed(inbox.owner.email) - before).toBe(10 + 5 + 100)
})

test.each([
  ['whose subject has a mark that Gmail does not know', { subject: 'Antwort: Plans' }],
  ['without a subject', { subject: '' }],
  ['without a Message-ID', { messageId: '' }],
])('a reply that Gmail files in a conversation of its own is sent: to a mail %s', async (_what, mail) => {
  const inbox = await openInbox(app)
  const draft = await approveNew(inbox, mail)
  await app.drainDelayed()
  await expectSentOnce(inbox, draft)
  const [sent] = await inbox.sent()
  expect(sent?.threadId).not.toBe((await inbox.email(draft.emailId)).threadId)
})
