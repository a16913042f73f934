import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ReasonCode } from '../../shared-types/index.ts'
import { clauses, type ReviewFacts, reviewReply } from '../../server/agent/policy.ts'

const good: ReviewFacts = {
  autonomy: 'auto',
  sendingPaused: false,
  operatorAllowsSending: true,
  isExcluded: false,
  intent: 'inquiry',
  confidence: 0.95,
  minimumConfidence: 0.9,
  dmarc: 'pass',
  replyToDiffers: false,
  ownerIsNamed: true,
  machineReason: null,
  attachmentCount: 0,
  textLength: 300,
  answersSeveral: false,
  asksInQuote: false,
  isMuted: false,
  mutingUnknown: false,
  earlierMessages: 2,
  minimumEarlierMessages: 2,
  openQuestionCount: 0,
  problem: null,
  nameShowsAddress: false,
  nameShowsDomain: false,
  nameShowsPhone: false,
  leftOutLink: false,
  leftOutPhone: false,
  leftOutIban: false,
}

const rows: [code: ReasonCode, text: string, failing: Partial<ReviewFacts>, holding: Partial<ReviewFacts>][] = [
  ['AUTONOMY_OFF', 'Automatic sending is off.', { autonomy: 'ask' }, { autonomy: 'auto' }],
  ['AUTONOMY_OFF', 'Automatic sending is off.', { autonomy: 'off' }, { autonomy: 'auto' }],
  [
    'OPERATOR_OFF',
    'The operator has not enabled automatic sending.',
    { operatorAllowsSending: false },
    { operatorAllowsSending: true },
  ],
  ['SENDING_PAUSED', 'You have paused automatic sending.', { sendingPaused: true }, { sendingPaused: false }],
  [
    'CORRESPONDENT_EXCLUDED',
    'You do not let this person be answered automatically.',
    { isExcluded: true },
    { isExcluded: false },
  ],
  ['COMPLAINT', 'Complaints always get a human.', { intent: 'complaint' }, { intent: 'meeting_request' }],
  ['OPEN_QUESTIONS', 'Something only you know is still open.', { openQuestionCount: 1 }, { openQuestionCount: 0 }],
  ['SENDER_UNVERIFIED', 'The sender could not be verified (DMARC).', { dmarc: 'fail' }, { dmarc: 'pass' }],
  ['SENDER_UNVERIFIED', 'The sender could not be verified (DMARC).', { dmarc: 'none' }, { dmarc: 'pass' }],
  [
    'REPLY_TO_DIFFERS',
    'Replies to this mail go to another address than its sender.',
    { replyToDiffers: true },
    { replyToDiffers: false },
  ],
  ['NAME_SHOWS_ADDRESS', 'The name shows another address.', { nameShowsAddress: true }, { nameShowsAddress: false }],
  ['NAME_SHOWS_DOMAIN', 'The name shows a domain.', { nameShowsDomain: true }, { nameShowsDomain: false }],
  ['NAME_SHOWS_PHONE', 'The name shows a phone number.', { nameShowsPhone: true }, { nameShowsPhone: false }],
  ['LEFT_OUT_LINK', 'Left out of the draft: a link from the mail.', { leftOutLink: true }, { leftOutLink: false }],
  [
    'LEFT_OUT_PHONE',
    'Left out of the draft: a phone number from the mail.',
    { leftOutPhone: true },
    { leftOutPhone: false },
  ],
  ['LEFT_OUT_IBAN', 'Left out of the draft: an IBAN from the mail.', { leftOutIban: true }, { leftOutIban: false }],
  ['OWNER_NOT_NAMED', 'You are not named as a recipient.', { ownerIsNamed: false }, { ownerIsNamed: true }],
  [
    'MACHINE_MAIL',
    'The mail came from a machine, or wants no automatic reply.',
    { machineReason: { code: 'BULK_MAIL', text: 'It is bulk mail (Precedence).' } },
    { machineReason: null },
  ],
  ['HAS_ATTACHMENTS', 'The mail carries attachments.', { attachmentCount: 1 }, { attachmentCount: 0 }],
  ['LONG_MAIL', 'The mail is unusually long.', { textLength: 20_001 }, { textLength: 20_000 }],
  ['ANSWERS_SEVERAL', 'It answers several messages at once.', { answersSeveral: true }, { answersSeveral: false }],
  ['ASKS_IN_QUOTE', 'What it asks looked like quoted text.', { asksInQuote: true }, { asksInQuote: false }],
  [
    'MUTING_UNKNOWN',
    'Gmail could not tell whether you muted this conversation.',
    { mutingUnknown: true },
    { mutingUnknown: false },
  ],
  ['MUTED', 'You muted this conversation in Gmail.', { isMuted: true }, { isMuted: false }],
  [
    'INCOMPLETELY_READ',
    'The mail could not be read completely.',
    { problem: 'Only the headers could be read.' },
    { problem: null },
  ],
  [
    'HARDLY_WRITTEN_TO',
    'You have hardly written to this person before.',
    { earlierMessages: 1 },
    { earlierMessages: 2 },
  ],
  [
    'HARDLY_WRITTEN_TO',
    'You have hardly written to this person before.',
    { minimumEarlierMessages: 3 },
    { minimumEarlierMessages: 1 },
  ],
  ['UNCERTAIN', 'The classification is not certain enough.', { confidence: 0.89 }, { confidence: 0.9 }],
  ['UNCERTAIN', 'The classification is not certain enough.', { minimumConfidence: 0.96 }, { minimumConfidence: 0.95 }],
  ['UNCERTAIN', 'The classification is not certain enough.', { confidence: Number.NaN }, { confidence: 1 }],
]

test('a reply is sent when every clause holds', () => {
  expect(reviewReply(good)).toEqual({ kind: 'send' })
})

test.each(rows)('one failing clause is enough to ask, and it is named: %s', (code, text, failing, holding) => {
  expect(reviewReply({ ...good, ...failing })).toEqual({ kind: 'ask', reasons: [{ code, text }] })
  expect(reviewReply({ ...good, ...holding })).toEqual({ kind: 'send' })
})

test('every clause of the gate has a row in the table', () => {
  expect([...new Set(rows.map(([code]) => code))].sort()).toEqual(clauses.map(({ code }) => code).sort())
})

test('all that fails is reported, in the order of the gate', () => {
  const worst = Object.assign({}, good, ...rows.map(([, , failing]) => failing)) as ReviewFacts
  expect(reviewReply(worst)).toEqual({ kind: 'ask', reasons: clauses.map(({ code, text }) => ({ code, text })) })
})

test('whatever fails together, exactly those reasons come out', () => {
  fc.assert(
    fc.property(fc.subarray(rows), (chosen) => {
      const facts = Object.assign({}, good, ...chosen.map(([, , failing]) => failing)) as ReviewFacts
      const verdict = reviewReply(facts)
      const named = verdict.kind === 'ask' ? verdict.reasons.map(({ code }) => code).sort() : []
      expect(named).toEqual([...new Set(chosen.map(([code]) => code))].sort())
    }),
    { numRuns: 200 },
  )
})
