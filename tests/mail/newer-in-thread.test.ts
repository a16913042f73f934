import { expect, test } from 'vitest'
import { settledByNewer } from '../../server/mail/newer-in-thread.ts'

const mail = { messageId: '<1@engine.example>', fromAddress: 'ada@engine.example', ownerAddress: 'mara@studio.example' }
const answer = {
  direction: 'in',
  inReplyTo: mail.messageId,
  fromName: 'Ben',
  fromAddress: 'ben@studio.example',
  subject: 'Re: Offer',
  freshText: 'We take it.',
  headers: {},
  labels: [],
  report: null,
} as const

test.each([
  ['nothing newer', [], null],
  ['the owner wrote', [{ ...answer, direction: 'out', fromAddress: mail.ownerAddress }], 'ANSWERED_IN_GMAIL'],
  ['somebody else answered', [answer], 'ANSWERED_BY_OTHER'],
  ['the owner wrote as well', [answer, { ...answer, direction: 'out' }], 'ANSWERED_IN_GMAIL'],
  ['somebody else asks in turn', [{ ...answer, freshText: 'Which one？' }], null],
  ['somebody else sent nothing but a quotation', [{ ...answer, freshText: ' \n' }], null],
  ['the same person wrote again', [{ ...answer, fromAddress: mail.fromAddress }], null],
  ['somebody without an address wrote', [{ ...answer, fromAddress: '' }], null],
  ['another mail was answered', [{ ...answer, inReplyTo: '<2@engine.example>' }], null],
  ['a machine answered', [{ ...answer, headers: { 'auto-submitted': 'auto-replied' } }], null],
  ['a machine answered, then a person', [{ ...answer, labels: ['SPAM'] }, answer], 'ANSWERED_BY_OTHER'],
] as const)('what a thread says of a mail when %s', (_name, newer, code) => {
  expect(settledByNewer(mail, newer)?.code ?? null).toBe(code)
})

test('a mail without a Message-ID is answered by the owner alone', () => {
  const nameless = { ...mail, messageId: null }
  expect(settledByNewer(nameless, [{ ...answer, inReplyTo: null }])).toBeNull()
  expect(settledByNewer(nameless, [{ ...answer, direction: 'out' }])?.code).toBe('ANSWERED_IN_GMAIL')
})

test('who has answered is named, or told by the address', () => {
  expect(settledByNewer(mail, [answer])?.text).toBe('Ben has answered this.')
  expect(settledByNewer(mail, [{ ...answer, fromName: '' }])?.text).toBe('ben@studio.example has answered this.')
})
