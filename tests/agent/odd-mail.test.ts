import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { startAutomaticSending, stopAutomaticSending } from '../../server/db/system/system-state.ts'
import { hookSteps } from '../../server/step.ts'
import { automaticReply, createAutomaticApp, earnTrust, openAutomatic } from '../support/automatic.ts'
import type { Inbox } from '../support/connected-inbox.ts'
import { createScriptedModel } from '../support/scripted-model.ts'

const model = createScriptedModel()
const app = await createAutomaticApp({}, automaticReply, model)
afterAll(() => app[Symbol.asyncDispose]())
beforeEach(() => void (model.requests.length = 0))
afterEach(async () => {
  hookSteps(undefined)
  await startAutomaticSending(app.db)
})

const question = 'Hello Mara,\r\n\r\nmay I see the drawings on Friday?\r\n\r\nAda'

async function endUndoWindow(): Promise<void> {
  app.clock.advance(60_000)
  await app.drainDelayed()
}

/** A mail as it lies in the mailbox, header lines and all; its newest state after it was worked on. */
async function receiveRaw(inbox: Inbox, lines: readonly string[]) {
  const { threadId } = await app.google.deliver(inbox.owner.email, lines.join('\r\n'), {
    labels: ['INBOX', 'UNREAD'],
    receivedAt: app.clock.now(),
  })
  await inbox.sync()
  const { items } = await inbox.api.emails.list({ threadId })
  if (!items[0]) throw new Error('the mail is not there')
  return items[0]
}

const verified = 'Authentication-Results: mx.google.com; dkim=pass; spf=pass; dmarc=pass header.from=engine.example'
const fromAda = (inbox: Inbox) => [
  verified,
  'From: Ada Byron <ada@engine.example>',
  `To: ${inbox.owner.email}`,
  `Message-ID: <${randomUUID()}@engine.example>`,
  'MIME-Version: 1.0',
]

const codesOf = async (inbox: Inbox, draftId = '') => (await inbox.draft(draftId)).reasons.map(({ code }) => code)
const runsOf = async (inbox: Inbox) => (await inbox.api.traces.list({ limit: 100 })).items

test('a mail to 200 people is shown with all of them, and answered to its sender alone', async () => {
  const inbox = await openAutomatic(app)
  const others = Array.from({ length: 199 }, (_, index) => `guest${index}@engine.example`)
  const mail = await inbox.receive({
    to: [inbox.owner.email, ...others.slice(0, 99)].join(', '),
    cc: others.slice(99).join(', '),
  })
  const { to, cc } = await inbox.email(mail.id)
  expect([to.length, cc.length]).toEqual([100, 100])
  await endUndoWindow()
  const sent = (await inbox.sent()).map(({ raw }) => String(raw))
  expect(sent).toEqual([expect.stringMatching(/^To: Ada Byron <ada@engine.example>\r$/m)])
  expect(sent.join()).not.toContain('guest')
  expect((await inbox.draft(mail.draft?.id ?? '')).to).toEqual([{ name: 'Ada Byron', address: 'ada@engine.example' }])
})

test('a mail that is only an image ends where the owner sees it, and is never answered by itself', async () => {
  const inbox = await openAutomatic(app)
  const image = Buffer.from('89504e470d0a1a0a', 'hex').toString('base64')
  const headers = ['Subject: Look', 'Content-Type: image/png', 'Content-Transfer-Encoding: base64']
  const mail = await receiveRaw(inbox, [...fromAda(inbox), ...headers, '', image, ''])
  expect(mail.status).toBe('needs_review')
  expect((await inbox.email(mail.id)).attachments).toMatchObject([{ mimeType: 'image/png' }])
  expect(await codesOf(inbox, mail.draft?.id)).toContain('HAS_ATTACHMENTS')
  await endUndoWindow()
  expect(await inbox.sent()).toEqual([])
})

test('a mail of nothing but an image inside HTML is told the same way', async () => {
  const inbox = await openAutomatic(app)
  const related = [
    'Subject: Look',
    'Content-Type: multipart/related; boundary=b',
    '',
    '--b',
    'Content-Type: text/html; charset=utf-8',
    '',
    '<p><img src="cid:picture"></p>',
    '--b',
    'Content-Type: image/png',
    'Content-ID: <picture>',
    'Content-Disposition: inline; filename="picture.png"',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from('89504e470d0a1a0a', 'hex').toString('base64'),
    '--b--',
    '',
  ]
  const mail = await receiveRaw(inbox, [...fromAda(inbox), ...related])
  expect(mail.status).toBe('needs_review')
  expect(await codesOf(inbox, mail.draft?.id)).toContain('HAS_ATTACHMENTS')
  await endUndoWindow()
  expect(await inbox.sent()).toEqual([])
})

test('nothing that a mail points at is ever asked for', async () => {
  const asked: string[] = []
  const elsewhere = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.end()
  })
  await once(elsewhere.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`
  const inbox = await openAutomatic(app)
  const invitation = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'METHOD:REQUEST',
    'BEGIN:VEVENT',
    `UID:${randomUUID()}`,
    'DTSTART:20300301T090000Z',
    'SUMMARY:Drawings',
    `URL:${url}/event`,
    `ATTACH:${url}/attached`,
    'END:VEVENT',
    'END:VCALENDAR',
  ]
  const mail = await receiveRaw(inbox, [
    ...fromAda(inbox),
    'Subject: Drawings',
    `List-Unsubscribe: <${url}/unsubscribe>`,
    'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/html; charset=utf-8',
    '',
    `<link rel="stylesheet" href="${url}/style"><p style="background:url(${url}/background)">May I see the`,
    `<a href="${url}/link">drawings</a> on Friday?</p><img src="${url}/image"><iframe src="${url}/frame"></iframe>`,
    '--b',
    'Content-Type: text/calendar; method=REQUEST; charset=utf-8',
    '',
    ...invitation,
    '--b',
    `Content-Type: message/external-body; access-type=URL; URL="${url}/body"`,
    '',
    '--b--',
    '',
  ])
  const { html } = await inbox.email(mail.id)
  await endUndoWindow()
  expect(html).toContain('drawings')
  expect(asked).toEqual([])
  // It would have been seen.
  await fetch(`${url}/seen`)
  expect(asked).toEqual(['/seen'])
  await new Promise((resolve) => elsewhere.close(resolve))
})

const textless: [string, string[]][] = [
  ['without subject and text', ['', '']],
  ['of blank lines alone', ['Subject: A question', '', ' ', '\t', '']],
  [
    'that is only a picture from elsewhere',
    ['Content-Type: text/html; charset=utf-8', '', '<p><img src="https://engine.example/drawing.png"></p>', ''],
  ],
]

test.each(textless)('a mail %s is asked about, however sure the model is of its answer', async (_, lines) => {
  const inbox = await openAutomatic(app)
  const mail = await receiveRaw(inbox, [...fromAda(inbox), ...lines])
  expect(mail.status).toBe('needs_review')
  expect(await codesOf(inbox, mail.draft?.id)).toEqual(['NO_TEXT'])
  await endUndoWindow()
  expect(await inbox.sent()).toEqual([])
  expect((await runsOf(inbox))[0]).toMatchObject({ emailId: mail.id, status: 'completed', mode: 'reviewOnly' })
})

test('of one correspondent a mail that DMARC passes goes out, one that fails is asked about, and the next is as if it had never been', async () => {
  const inbox = await openAutomatic(app)
  const failed = [
    'Authentication-Results: mx.google.com; dkim=fail; spf=softfail; dmarc=fail header.from=engine.example',
  ]
  const first = await inbox.receive({ subject: 'First', text: question })
  await endUndoWindow()
  expect(await inbox.sent()).toHaveLength(1)
  const second = await inbox.receive({ subject: 'Second', text: question, headers: failed })
  expect(await codesOf(inbox, second.draft?.id)).toEqual(['SENDER_UNVERIFIED'])
  const third = await inbox.receive({ subject: 'Third', text: question })
  expect([first, second, third].map(({ status }) => status)).toEqual(['approved', 'needs_review', 'approved'])
  await endUndoWindow()
  expect(await inbox.sent()).toHaveLength(2)
  expect((await inbox.email(second.id)).status).toBe('needs_review')
})

const switches: [string, (inbox: Inbox) => unknown, string][] = [
  ['the owner pauses sending', (inbox) => inbox.api.settings.update({ sendingPaused: true }), 'SENDING_PAUSED'],
  ['the owner turns automatic sending off', (inbox) => inbox.api.settings.update({ autonomy: 'off' }), 'AUTONOMY_OFF'],
  [
    'the operator stops it for everybody',
    () => stopAutomaticSending(app.db, app.clock.now().toISOString()),
    'OPERATOR_OFF',
  ],
]
/** From the claim of the send to the statement that begins it. */
const moments = ['gmail-create-draft', 'note-gmail-draft', 'gmail-read-draft', 'mark-sending'] as const

test.each(switches)(
  'when %s while a reply is being sent, it is not sent, waits in review, and no draft stays in Gmail',
  async (_, turn, code) => {
    for (const moment of moments) {
      const inbox = await openAutomatic(app)
      const { id, draft, status } = await inbox.receive({ text: question })
      expect(status).toBe('approved')
      let isTurned = false
      hookSteps({
        async before(name) {
          if (name !== moment || isTurned) return
          isTurned = true
          await turn(inbox)
        },
      })
      await endUndoWindow()
      hookSteps(undefined)
      await startAutomaticSending(app.db)
      expect({ moment, isTurned }).toEqual({ moment, isTurned: true })
      expect(await inbox.sent()).toEqual([])
      expect((await inbox.draft(draft?.id ?? '')).sendReasons).toMatchObject([{ code }])
      expect((await inbox.email(id)).status).toBe('needs_review')
      expect(await app.google.drafts(inbox.owner.email)).toEqual([])
    }
  },
)

test('what came through the owner’s own form is read like any other mail, and never answered by itself', async () => {
  const inbox = await openAutomatic(app)
  await earnTrust(app, inbox, [inbox.owner.email, 'visitor@guest.example'])
  const mail = await receiveRaw(inbox, [
    'Authentication-Results: mx.google.com; dkim=pass; spf=pass; dmarc=pass header.from=studio.example',
    `From: Website <${inbox.owner.email}>`,
    `To: ${inbox.owner.email}`,
    'Reply-To: Vera Visitor <visitor@guest.example>',
    'Subject: Contact form',
    `Message-ID: <${randomUUID()}@studio.example>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'May I see the drawings on Friday?',
  ])
  expect(mail).toMatchObject({ direction: 'in', status: 'needs_review' })
  expect((await inbox.draft(mail.draft?.id ?? '')).to).toEqual([
    { name: 'Vera Visitor', address: 'visitor@guest.example' },
  ])
  expect(await codesOf(inbox, mail.draft?.id)).toEqual(expect.arrayContaining(['REPLY_TO_DIFFERS', 'MACHINE_MAIL']))
  await endUndoWindow()
  expect(await inbox.sent()).toEqual([])
})

test('neither the agent’s own drafts nor what the owner sends start a run', async () => {
  const inbox = await openAutomatic(app)
  const before = (await runsOf(inbox)).length
  await inbox.receive({ text: question })
  expect(await runsOf(inbox)).toHaveLength(before + 1)
  let withDraft = 0
  hookSteps({
    async before(name) {
      if (name !== 'mark-sending') return
      withDraft = (await app.google.drafts(inbox.owner.email)).length
      await inbox.api.mailboxes.sync({ mailboxId: inbox.mailboxId })
    },
  })
  await endUndoWindow()
  hookSteps(undefined)
  expect(withDraft).toBe(1)
  expect(await inbox.sent()).toHaveLength(1)
  await inbox.sync()
  await app.deliver(inbox.owner, { direction: 'out', subject: 'Written by hand', text: 'Shall we meet on Friday?' })
  await inbox.sync()
  expect((await inbox.emails()).filter(({ direction }) => direction === 'out').length).toBeGreaterThanOrEqual(2)
  expect(await runsOf(inbox)).toHaveLength(before + 1)
  expect(model.asked('classify')).toHaveLength(1)
})
