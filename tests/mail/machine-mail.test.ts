import { expect, test } from 'vitest'
import { automaticReplyObstacle, type MachineFacts, machineReason } from '../../server/mail/machine-mail.ts'

const person: MachineFacts = {
  headers: {},
  fromAddress: 'ada@engine.example',
  labels: ['INBOX'],
  subject: 'A question',
  report: null,
  ownerAddress: 'mara@studio.example',
}

const vera = { name: 'Vera', address: 'vera@visitor.example' }

function reasonFor(mail: Partial<MachineFacts>): string | null {
  return machineReason({ ...person, ...mail })?.text ?? null
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
  ['a newsletter', { 'list-id': '<news.engine.example>', 'list-unsubscribe': '<https://engine.example/u>' }],
  ['a list one can post to', { 'list-post': '<mailto:dev@engine.example>' }],
  ['a campaign', { 'feedback-id': '1:2:3' }],
  ['an old auto-reply', { 'x-autoreply': 'yes' }],
  ['an old auto-responder', { 'x-autorespond': '' }],
  ['failed recipients', { 'x-failed-recipients': 'b@engine.example' }],
  ['a loop mark', { 'x-loop': 'mara@studio.example' }],
  ['an auto-reply of another program', { 'x-mail-autoreply': 'yes' }],
  ['a generated mail of another program', { 'x-auto-generated': '1' }],
  ['a notice with its absence in a header', { 'x-out-of-office': 'yes' }],
  ['a misspelt precedence', { preference: 'auto_reply' }],
  ['a rule of Exchange', { 'x-ms-exchange-inbox-rules-loop': 'ada@engine.example' }],
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
  'orders.noreply@engine.example',
  'no_reply@engine.example',
  'do_not_reply@engine.example',
  'alerts-no-reply@engine.example',
  'noreply-orders@engine.example',
  'post_master@engine.example',
  'daemon@engine.example',
  'listserv@engine.example',
  'MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@engine.example',
])('%s takes no replies', (fromAddress) => {
  expect(reasonFor({ fromAddress })).toBe(`${fromAddress} takes no replies.`)
})

test.each<[string, Partial<MachineFacts>, string]>([
  ['spam', { labels: ['SPAM'] }, 'Gmail put it into spam.'],
  ['a mail without a sender', { fromName: '', fromAddress: '' }, 'It names no sender.'],
  ['a machine without an address', { fromName: 'MAILER-DAEMON', fromAddress: '' }, 'MAILER-DAEMON takes no replies.'],
  ['a mail from oneself', { fromAddress: 'mara@studio.example' }, 'It is from yourself.'],
  ['a mail from oneself with a tag', { fromAddress: 'mara+notes@studio.example' }, 'It is from yourself.'],
  [
    'a mail from oneself under another spelling at Gmail',
    { fromAddress: 'm.ara@googlemail.com', ownerAddress: 'mara@gmail.com' },
    'It is from yourself.',
  ],
  ['an answer to an invitation', { calendar: { method: 'REPLY' } }, 'It answers an invitation.'],
  [
    'a shop whose answers go to its own desk',
    { fromAddress: 'no-reply@shop.example', replyToAddresses: [{ name: 'Desk', address: 'desk@mail.shop.example' }] },
    'no-reply@shop.example takes no replies.',
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
  'Automatic reply',
  '[Auto-Reply] Lunch',
  'Autoresponder: Lunch',
  'Out of Office',
  'Automatiskt svar: Lunch',
  'Odpowiedź automatyczna: Obiad',
  'Otomatik yanıt: Öğle yemeği',
  'Автоматична відповідь: Обід',
  'Trả lời tự động: Bữa trưa',
  '자동 응답: 점심',
  'رد تلقائي: الغداء',
  'การตอบกลับอัตโนมัติ: อาหารกลางวัน',
  'Unzustellbar: Mittagessen',
  'failure notice',
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
  'How do I switch off the automatic reply?',
  'The automatic reply: does it work?',
  'Automatic doors: a question',
  'Reply: automatic doors',
  'Office: out of paper',
])('a subject that a person may write holds nothing back: %s', (subject) => {
  expect(reasonFor({ subject })).toBeNull()
})

test.each<[string, Partial<MachineFacts>]>([
  ['an ordinary mail', {}],
  ['a mail that wants no automatic reply', { headers: { 'x-auto-response-suppress': 'All' } }],
  [
    'a mail of a program that adds a way to unsubscribe',
    { headers: { 'list-unsubscribe': '<https://crm.example/u>' } },
  ],
  [
    'a mail through the team’s own group',
    {
      headers: {
        'list-id': 'Sales <sales.studio.example>',
        precedence: 'list',
        'list-post': '<mailto:sales@studio.example>',
      },
    },
  ],
  ['a form on the owner’s page', { fromAddress: 'mara@studio.example', replyToAddresses: [vera] }],
  ['a form of a service', { fromAddress: 'no-reply@forms.example', replyToAddresses: [vera] }],
  ['somebody called Bounce', { fromAddress: 'bounce.house@engine.example' }],
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
  ['a sender no reply can be addressed to', { fromName: '"ada byron"@engine.example', fromAddress: '' }],
  ['mail Gmail files under updates', { labels: ['INBOX', 'CATEGORY_UPDATES'] }],
])('%s is from a person', (_name, mail) => {
  expect(reasonFor(mail)).toBeNull()
})

test.each<[string, Partial<MachineFacts>]>([
  ['asks for none', { headers: { 'x-auto-response-suppress': 'All' } }],
  ['came through a group', { headers: { 'list-id': '<sales.studio.example>' } }],
  ['came with a way to unsubscribe', { headers: { 'list-unsubscribe': '<https://crm.example/u>' } }],
  ['names an address that cannot be answered', { fromName: 'Ada', fromAddress: '' }],
  ['came from a form', { fromAddress: 'no-reply@forms.example', replyToAddresses: [vera] }],
  ['came from a form of the owner’s', { fromAddress: 'mara@studio.example', replyToAddresses: [vera] }],
])('no automatic reply goes to a person’s mail that %s', (_name, mail) => {
  expect(reasonFor(mail)).toBeNull()
  expect(automaticReplyObstacle({ ...person, ...mail })?.text).toMatch(/\.$/)
})
