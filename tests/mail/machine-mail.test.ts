import { expect, test } from 'vitest'
import { type MachineFacts, machineReason } from '../../server/mail/machine-mail.ts'

const person: MachineFacts = {
  headers: {},
  fromAddress: 'ada@engine.example',
  labels: ['INBOX'],
  subject: 'A question',
  report: null,
  ownerAddress: 'mara@studio.example',
}

function reasonFor(mail: Partial<MachineFacts>): string | null {
  return machineReason({ ...person, ...mail })
}

test.each<[string, Record<string, string>]>([
  ['an auto-reply', { 'auto-submitted': 'auto-replied' }],
  ['a generated mail', { 'auto-submitted': 'auto-generated; owner-email="x@y.example"' }],
  ['a vacation notice', { 'auto-submitted': ' Auto-Replied (vacation)' }],
  ['a bounce', { 'return-path': '<>' }],
  ['bulk mail', { precedence: 'bulk' }],
  ['junk mail', { precedence: 'Junk' }],
  ['list mail by precedence', { precedence: ' list' }],
  ['an automatic reply by precedence', { precedence: 'auto_reply' }],
  ['a delivery report', { 'content-type': 'multipart/report; report-type=delivery-status' }],
  ['a mailing list', { 'list-id': '<dev.engine.example>' }],
  ['a newsletter', { 'list-unsubscribe': '<https://engine.example/u>' }],
  ['a list one can post to', { 'list-post': '<mailto:dev@engine.example>' }],
  ['a campaign', { 'feedback-id': '1:2:3' }],
  ['mail that wants no auto-reply', { 'x-auto-response-suppress': 'All' }],
  ['an old auto-reply', { 'x-autoreply': 'yes' }],
  ['an old auto-responder', { 'x-autorespond': '' }],
  ['failed recipients', { 'x-failed-recipients': 'b@engine.example' }],
  ['a loop mark', { 'x-loop': 'mara@studio.example' }],
])('%s is machine mail by its header', (_name, headers) => {
  expect(reasonFor({ headers })).toMatch(/^[A-Z].*\.$/)
})

test.each([
  'mailer-daemon@engine.example',
  'postmaster@engine.example',
  'no-reply@engine.example',
  'noreply@engine.example',
  'noreply+7@engine.example',
  'do-not-reply@engine.example',
  'donotreply@engine.example',
  'bounce@engine.example',
  'bounces+mara=studio.example@engine.example',
  'notifications@engine.example',
  'notification@engine.example',
  'owner-dev@engine.example',
  'dev-request@engine.example',
  'dev-owner@engine.example',
  'dev-bounces@engine.example',
  'shop-noreply@engine.example',
])('%s takes no replies', (fromAddress) => {
  expect(reasonFor({ fromAddress })).toBe(`${fromAddress} takes no replies.`)
})

test.each<[string, Partial<MachineFacts>, string]>([
  ['spam', { labels: ['SPAM'] }, 'Gmail put it into spam.'],
  ['a mail without a sender', { fromAddress: '' }, 'It names no sender.'],
  ['a mail from oneself', { fromAddress: 'mara@studio.example' }, 'It is from yourself.'],
  ['a mail from oneself with a tag', { fromAddress: 'mara+notes@studio.example' }, 'It is from yourself.'],
  [
    'a mail from oneself under another spelling at Gmail',
    { fromAddress: 'm.ara@googlemail.com', ownerAddress: 'mara@gmail.com' },
    'It is from yourself.',
  ],
  ['a mail from an address the owner sends from', { isFromOwner: true }, 'It is from yourself.'],
  [
    'a report that its top header does not name',
    {
      report: {
        kind: 'delivery',
        finalRecipient: null,
        action: 'failed',
        status: null,
        disposition: null,
        feedbackType: null,
      },
    },
    'It is a delivery report.',
  ],
  ['a promotion', { labels: ['INBOX', 'CATEGORY_PROMOTIONS'] }, 'Gmail filed it under promotions.'],
])('%s gets no reply', (_name, mail, reason) => {
  expect(reasonFor(mail)).toBe(reason)
})

test.each([
  'Returned mail: see transcript for details',
  'Fwd: Undelivered Mail Returned to Sender',
  'Mail delivery failed: returning message to sender',
  'Delivery Status Notification (Failure)',
  'Undeliverable: Lunch',
  'complaint about message from 192.0.2.222',
  'Automatic reply: Lunch',
  'Out of Office: Lunch',
  'Automatische Antwort: Mittagessen',
  'Réponse automatique: déjeuner',
  '自動返信：昼食',
])('a mail whose headers say nothing is known by its subject: %s', (subject) => {
  expect(reasonFor({ subject })).toBe('Its subject is that of an automatic mail.')
})

test.each([
  'Re: Undelivered Mail Returned to Sender',
  'Undeliverable parcels',
  'Out of office next week?',
  'Is the automatic reply: feature ready?',
  'A complaint about message from 192.0.2.222 and others',
  'Delivery failed',
])('a subject that a person may write holds nothing back: %s', (subject) => {
  expect(reasonFor({ subject })).toBeNull()
})

test.each<[string, Partial<MachineFacts>]>([
  ['an ordinary mail', {}],
  ['another Ada elsewhere', { fromAddress: 'mara@engine.example' }],
  ['a mail with dots where they count', { fromAddress: 'm.ara@studio.example' }],
  ['a mail that says it was not sent automatically', { headers: { 'auto-submitted': 'no' } }],
  ['... with a parameter', { headers: { 'auto-submitted': 'No; owner-token=1' } }],
  ['an ordinary Return-Path', { headers: { 'return-path': '<ada@engine.example>' } }],
  ['an ordinary precedence', { headers: { precedence: 'first-class' } }],
  ['a mail with attachments', { headers: { 'content-type': 'multipart/mixed; boundary=report' } }],
  ['an important mail', { headers: { importance: 'high' } }],
  ['a person called Norepp', { fromAddress: 'norepp@engine.example' }],
  ['a person called Bounceford', { fromAddress: 'bounceford@engine.example' }],
  ['a domain with a telling name', { fromAddress: 'ada@noreply.example' }],
  ['a shop owner', { fromAddress: 'owner@engine.example' }],
  ['a request desk', { fromAddress: 'requests@engine.example' }],
  ['mail Gmail files under updates', { labels: ['INBOX', 'CATEGORY_UPDATES'] }],
])('%s is from a person', (_name, mail) => {
  expect(reasonFor(mail)).toBeNull()
})
