import * as fc from 'fast-check'
import { expect, test } from 'vitest'
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

const rows: [reason: string, failing: Partial<ReviewFacts>, holding: Partial<ReviewFacts>][] = [
  ['Automatic sending is off.', { autonomy: 'ask' }, { autonomy: 'auto' }],
  ['Automatic sending is off.', { autonomy: 'off' }, { autonomy: 'auto' }],
  [
    'The operator has not enabled automatic sending.',
    { operatorAllowsSending: false },
    { operatorAllowsSending: true },
  ],
  ['You have paused automatic sending.', { sendingPaused: true }, { sendingPaused: false }],
  ['You do not let this person be answered automatically.', { isExcluded: true }, { isExcluded: false }],
  ['Complaints always get a human.', { intent: 'complaint' }, { intent: 'meeting_request' }],
  ['Something only you know is still open.', { openQuestionCount: 1 }, { openQuestionCount: 0 }],
  ['The sender could not be verified (DMARC).', { dmarc: 'fail' }, { dmarc: 'pass' }],
  ['The sender could not be verified (DMARC).', { dmarc: 'none' }, { dmarc: 'pass' }],
  ['Replies to this mail go to another address than its sender.', { replyToDiffers: true }, { replyToDiffers: false }],
  ['The name shows another address.', { nameShowsAddress: true }, { nameShowsAddress: false }],
  ['The name shows a domain.', { nameShowsDomain: true }, { nameShowsDomain: false }],
  ['The name shows a phone number.', { nameShowsPhone: true }, { nameShowsPhone: false }],
  ['Left out of the draft: a link from the mail.', { leftOutLink: true }, { leftOutLink: false }],
  ['Left out of the draft: a phone number from the mail.', { leftOutPhone: true }, { leftOutPhone: false }],
  ['Left out of the draft: an IBAN from the mail.', { leftOutIban: true }, { leftOutIban: false }],
  ['You are not named as a recipient.', { ownerIsNamed: false }, { ownerIsNamed: true }],
  [
    'The mail came from a machine, or wants no automatic reply.',
    { machineReason: 'It is bulk mail (Precedence).' },
    { machineReason: null },
  ],
  ['The mail carries attachments.', { attachmentCount: 1 }, { attachmentCount: 0 }],
  ['The mail is unusually long.', { textLength: 20_001 }, { textLength: 20_000 }],
  ['It answers several messages at once.', { answersSeveral: true }, { answersSeveral: false }],
  ['What it asks looked like quoted text.', { asksInQuote: true }, { asksInQuote: false }],
  ['Gmail could not tell whether you muted this conversation.', { mutingUnknown: true }, { mutingUnknown: false }],
  ['You muted this conversation in Gmail.', { isMuted: true }, { isMuted: false }],
  ['The mail could not be read completely.', { problem: 'Only the headers could be read.' }, { problem: null }],
  ['You have hardly written to this person before.', { earlierMessages: 1 }, { earlierMessages: 2 }],
  ['You have hardly written to this person before.', { minimumEarlierMessages: 3 }, { minimumEarlierMessages: 1 }],
  ['The classification is not certain enough.', { confidence: 0.89 }, { confidence: 0.9 }],
  ['The classification is not certain enough.', { minimumConfidence: 0.96 }, { minimumConfidence: 0.95 }],
  ['The classification is not certain enough.', { confidence: Number.NaN }, { confidence: 1 }],
]

test('a reply is sent when every clause holds', () => {
  expect(reviewReply(good)).toEqual({ kind: 'send' })
})

test.each(rows)('one failing clause is enough to ask, and it is named: %s', (reason, failing, holding) => {
  expect(reviewReply({ ...good, ...failing })).toEqual({ kind: 'ask', reasons: [reason] })
  expect(reviewReply({ ...good, ...holding })).toEqual({ kind: 'send' })
})

test('every clause of the gate has a row in the table', () => {
  expect([...new Set(rows.map(([reason]) => reason))].sort()).toEqual(clauses.map(({ reason }) => reason).sort())
})

test('all that fails is reported, in the order of the gate', () => {
  const worst = Object.assign({}, good, ...rows.map(([, failing]) => failing)) as ReviewFacts
  expect(reviewReply(worst)).toEqual({ kind: 'ask', reasons: clauses.map(({ reason }) => reason) })
})

test('whatever fails together, exactly those reasons come out', () => {
  fc.assert(
    fc.property(fc.subarray(rows), (chosen) => {
      const facts = Object.assign({}, good, ...chosen.map(([, failing]) => failing)) as ReviewFacts
      const verdict = reviewReply(facts)
      const named = verdict.kind === 'ask' ? [...verdict.reasons].sort() : []
      expect(named).toEqual([...new Set(chosen.map(([reason]) => reason))].sort())
    }),
    { numRuns: 200 },
  )
})
