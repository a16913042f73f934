import type { Intent, Reason, Settings } from '../../shared-types/index.ts'
import type { Dmarc } from './authentication.ts'
import type { Verdict } from './state.ts'

/** What may have changed by the time an automatic reply goes out, and is read again then. */
export interface ChangingFacts {
  readonly settings: Settings
  readonly operatorAllows: boolean
  readonly correspondent: string
  readonly confidence: number
  /** How many mails the owner wrote to this person before. */
  readonly earlierMessages: number
  /** Automatic replies begun in the last 24 hours and in the last hour, and in the last 24 hours to this person. */
  readonly sent: { readonly lastDay: number; readonly lastHour: number; readonly toCorrespondent: number }
  /** Another automatic reply went into the conversation since the mail came that this one answers. */
  readonly isAnswered: boolean
}

/** Everything the gate looks at: stored facts and settings, no model's say but its doubts. */
export interface ReviewFacts extends ChangingFacts {
  readonly intent: Intent
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
  /** The draft says that somebody will do something, or has done it. */
  readonly promisesWork: boolean
}

interface RuleOver<Facts> extends Reason {
  readonly fails: (facts: Facts) => boolean
}
export type Rule =
  | (RuleOver<ChangingFacts> & { readonly mayChange: true })
  | (RuleOver<ReviewFacts> & { readonly mayChange?: never })

const maximumTextLength = 20_000

/** Each must hold before anything is sent without a person; every failing one is told. */
export const rules: readonly Rule[] = [
  {
    code: 'AUTONOMY_OFF',
    text: 'Automatic sending is off.',
    fails: ({ settings }) => settings.autonomy !== 'auto',
    mayChange: true,
  },
  {
    code: 'OPERATOR_OFF',
    text: 'The operator has not enabled automatic sending.',
    fails: (facts) => !facts.operatorAllows,
    mayChange: true,
  },
  {
    code: 'SENDING_PAUSED',
    text: 'You have paused automatic sending.',
    fails: ({ settings }) => settings.sendingPaused,
    mayChange: true,
  },
  {
    code: 'CORRESPONDENT_EXCLUDED',
    text: 'You do not let this person be answered automatically.',
    fails: isExcluded,
    mayChange: true,
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
  {
    code: 'PROMISES_WORK',
    text: 'The draft promises work that nobody has taken on.',
    fails: (facts) => facts.promisesWork,
  },
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
    fails: ({ earlierMessages, settings }) => !(earlierMessages >= settings.minimumEarlierMessages),
    mayChange: true,
  },
  {
    code: 'UNCERTAIN',
    text: 'The classification is not certain enough.',
    fails: ({ confidence, settings }) => !(confidence >= settings.minimumConfidence),
    mayChange: true,
  },
  {
    code: 'DAILY_CAP',
    text: 'As many automatic replies as you allow went out in the last 24 hours.',
    fails: ({ settings, sent }) => sent.lastDay >= settings.dailySendCap,
    mayChange: true,
  },
  {
    code: 'HOURLY_CAP',
    text: 'As many automatic replies as you allow went out in the last hour.',
    fails: ({ settings, sent }) => sent.lastHour >= settings.hourlySendCap,
    mayChange: true,
  },
  {
    code: 'CORRESPONDENT_CAP',
    text: 'This person got as many automatic replies as you allow in the last 24 hours.',
    fails: ({ settings, sent }) => sent.toCorrespondent >= settings.correspondentDailyCap,
    mayChange: true,
  },
  {
    code: 'ANSWERED_AUTOMATICALLY',
    text: 'An automatic reply has gone into this conversation since this mail came.',
    fails: (facts) => facts.isAnswered,
    mayChange: true,
  },
]

/** Send or ask: pure, deterministic, no model, no clock, no database. */
export function reviewReply(facts: ReviewFacts): Verdict {
  return verdictOf(rules.filter((rule) => rule.fails(facts)))
}

/** The same of what may have changed since; the rest was decided when the reply was written. */
export function reviewAgain(facts: ChangingFacts): Verdict {
  return verdictOf(rules.filter((rule) => rule.mayChange && rule.fails(facts)))
}

function verdictOf(failing: readonly Rule[]): Verdict {
  const reasons = failing.map(({ code, text }) => ({ code, text }))
  return reasons.length === 0 ? { kind: 'send' } : { kind: 'ask', reasons }
}

/** The owner has ruled this person out, or let others in only. */
function isExcluded({ settings, correspondent }: ChangingFacts): boolean {
  const { allowedCorrespondents: allowed, deniedCorrespondents: denied } = settings
  return denied.includes(correspondent) || (allowed.length > 0 && !allowed.includes(correspondent))
}
