import type { Intent, Reason, Settings } from '../../shared-types/index.ts'
import type { Dmarc } from './authentication.ts'
import type { Verdict } from './state.ts'

/** Everything the gate looks at: stored facts and settings, no model's say but its doubts. */
export interface ReviewFacts {
  readonly autonomy: Settings['autonomy']
  readonly sendingPaused: boolean
  readonly operatorAllowsSending: boolean
  /** The owner has ruled this person out, or let others in only. */
  readonly isExcluded: boolean
  readonly intent: Intent
  readonly confidence: number
  readonly minimumConfidence: number
  readonly dmarc: Dmarc
  readonly replyToDiffers: boolean
  readonly ownerIsNamed: boolean
  readonly machineReason: Reason | null
  readonly attachmentCount: number
  readonly textLength: number
  /** Earlier mails of this person wait for the same reply. */
  readonly answersSeveral: boolean
  /** Its question stands in a part that was taken for quoted text. */
  readonly asksInQuote: boolean
  /** The owner has muted the conversation, and asks for a reply all the same. */
  readonly isMuted: boolean
  /** Gmail could not tell whether they have. */
  readonly mutingUnknown: boolean
  /** How many mails the owner wrote to this person before. */
  readonly earlierMessages: number
  readonly minimumEarlierMessages: number
  readonly openQuestionCount: number
  readonly problem: string | null
  /** The display name holds an address other than the sender's, a domain, a telephone number. */
  readonly nameShowsAddress: boolean
  readonly nameShowsDomain: boolean
  readonly nameShowsPhone: boolean
  /** What of a stranger's mail was taken out of the draft. */
  readonly leftOutLink: boolean
  readonly leftOutPhone: boolean
  readonly leftOutIban: boolean
}

interface Clause extends Reason {
  readonly fails: (facts: ReviewFacts) => boolean
}

const maximumTextLength = 20_000

/** Each must hold before anything is sent without a person; every failing one is reported. */
export const clauses: readonly Clause[] = [
  { code: 'AUTONOMY_OFF', text: 'Automatic sending is off.', fails: (facts) => facts.autonomy !== 'auto' },
  {
    code: 'OPERATOR_OFF',
    text: 'The operator has not enabled automatic sending.',
    fails: (facts) => !facts.operatorAllowsSending,
  },
  { code: 'SENDING_PAUSED', text: 'You have paused automatic sending.', fails: (facts) => facts.sendingPaused },
  {
    code: 'CORRESPONDENT_EXCLUDED',
    text: 'You do not let this person be answered automatically.',
    fails: (facts) => facts.isExcluded,
  },
  { code: 'COMPLAINT', text: 'Complaints always get a human.', fails: (facts) => facts.intent === 'complaint' },
  {
    code: 'OPEN_QUESTIONS',
    text: 'Something only you know is still open.',
    fails: (facts) => facts.openQuestionCount > 0,
  },
  {
    code: 'SENDER_UNVERIFIED',
    text: 'The sender could not be verified (DMARC).',
    fails: (facts) => facts.dmarc !== 'pass',
  },
  {
    code: 'REPLY_TO_DIFFERS',
    text: 'Replies to this mail go to another address than its sender.',
    fails: (facts) => facts.replyToDiffers,
  },
  { code: 'NAME_SHOWS_ADDRESS', text: 'The name shows another address.', fails: (facts) => facts.nameShowsAddress },
  { code: 'NAME_SHOWS_DOMAIN', text: 'The name shows a domain.', fails: (facts) => facts.nameShowsDomain },
  { code: 'NAME_SHOWS_PHONE', text: 'The name shows a phone number.', fails: (facts) => facts.nameShowsPhone },
  { code: 'LEFT_OUT_LINK', text: 'Left out of the draft: a link from the mail.', fails: (facts) => facts.leftOutLink },
  {
    code: 'LEFT_OUT_PHONE',
    text: 'Left out of the draft: a phone number from the mail.',
    fails: (facts) => facts.leftOutPhone,
  },
  { code: 'LEFT_OUT_IBAN', text: 'Left out of the draft: an IBAN from the mail.', fails: (facts) => facts.leftOutIban },
  { code: 'OWNER_NOT_NAMED', text: 'You are not named as a recipient.', fails: (facts) => !facts.ownerIsNamed },
  {
    code: 'MACHINE_MAIL',
    text: 'The mail came from a machine, or wants no automatic reply.',
    fails: (facts) => facts.machineReason !== null,
  },
  { code: 'HAS_ATTACHMENTS', text: 'The mail carries attachments.', fails: (facts) => facts.attachmentCount > 0 },
  { code: 'LONG_MAIL', text: 'The mail is unusually long.', fails: (facts) => facts.textLength > maximumTextLength },
  { code: 'ANSWERS_SEVERAL', text: 'It answers several messages at once.', fails: (facts) => facts.answersSeveral },
  { code: 'ASKS_IN_QUOTE', text: 'What it asks looked like quoted text.', fails: (facts) => facts.asksInQuote },
  { code: 'MUTED', text: 'You muted this conversation in Gmail.', fails: (facts) => facts.isMuted },
  {
    code: 'MUTING_UNKNOWN',
    text: 'Gmail could not tell whether you muted this conversation.',
    fails: (facts) => facts.mutingUnknown,
  },
  {
    code: 'INCOMPLETELY_READ',
    text: 'The mail could not be read completely.',
    fails: (facts) => facts.problem !== null,
  },
  {
    code: 'HARDLY_WRITTEN_TO',
    text: 'You have hardly written to this person before.',
    fails: (facts) => !(facts.earlierMessages >= facts.minimumEarlierMessages),
  },
  {
    code: 'UNCERTAIN',
    text: 'The classification is not certain enough.',
    fails: (facts) => !(facts.confidence >= facts.minimumConfidence),
  },
]

/** Send or ask: pure, deterministic, no model, no clock, no database. */
export function reviewReply(facts: ReviewFacts): Verdict {
  const reasons = clauses.filter((clause) => clause.fails(facts)).map(({ code, text }) => ({ code, text }))
  return reasons.length === 0 ? { kind: 'send' } : { kind: 'ask', reasons }
}
