import type { MailFlag, Reason, RunMode } from '../../shared-types/index.ts'
import type { ChangingFacts, DraftFacts, MailStanding, ReviewFacts, StoredFacts } from './review-facts.ts'
import type { Verdict } from './state.ts'

/** Must hold before anything is sent without a person. */
export interface Rule<Facts> extends Reason {
  readonly fails: (facts: Facts) => boolean
}

const maximumTextLength = 20_000
const maximumDraftLength = 3_000
const hidingFlags: readonly MailFlag[] = [
  'hidden-text',
  'html-comment',
  'zero-width',
  'bidi',
  'tag-characters',
  'alternatives-differ',
]
const senderFlags: readonly MailFlag[] = ['no-sender', 'several-senders', 'duplicate-headers']

/** Over what may change while a reply waits: looked at each time the gate is, last in the transaction that sends. */
const changing: readonly Rule<ChangingFacts>[] = [
  {
    code: 'AUTONOMY_OFF',
    text: 'Automatic sending is off.',
    fails: ({ settings }) => settings.autonomy !== 'auto',
  },
  {
    code: 'OPERATOR_OFF',
    text: 'The operator has not enabled automatic sending.',
    fails: (facts) => !facts.operatorAllows,
  },
  {
    code: 'SENDING_PAUSED',
    text: 'You have paused automatic sending.',
    fails: ({ settings }) => settings.sendingPaused,
  },
  {
    code: 'CORRESPONDENT_EXCLUDED',
    text: 'You do not let this person be answered automatically.',
    fails: isExcluded,
  },
  { code: 'COMPLAINT', text: 'Complaints always get a human.', fails: ({ intent }) => intent === 'complaint' },
  {
    code: 'INTENT_NOT_ALLOWED',
    text: 'You do not let mail of this kind be answered automatically.',
    fails: ({ intent, settings }) =>
      intent !== 'complaint' && !settings.allowedIntents.some((allowed) => allowed === intent),
  },
  {
    code: 'FREE_TEXT_OFF',
    text: 'No approved template fits, and you let no free text go out.',
    fails: ({ reply, settings }) => reply.kind === 'free_text' && !settings.freeTextReplies,
  },
  {
    code: 'TEMPLATES_OFF',
    text: 'You let no template go out.',
    fails: ({ reply, settings }) => reply.kind === 'template' && !settings.templateReplies,
  },
  {
    code: 'TEMPLATE_CHANGED',
    text: 'The template is not the one any more that you approved.',
    fails: ({ reply }) => reply.kind === 'template' && !reply.isApproved,
  },
  {
    code: 'HARDLY_WRITTEN_TO',
    text: 'You have hardly written to this person before.',
    fails: ({ earlierMessages, settings }) => !(earlierMessages >= settings.minimumEarlierMessages),
  },
  {
    code: 'INTENT_NOT_TRUSTED',
    text: 'You have not approved enough drafts for mail of this kind unchanged.',
    fails: ({ intent, approvals, settings }) =>
      intent !== 'complaint' && !(approvals.ofIntent >= settings.trustApprovals),
  },
  {
    code: 'CORRESPONDENT_NOT_TRUSTED',
    text: 'You have not approved enough drafts to this person unchanged.',
    fails: ({ approvals, settings }) => !(approvals.ofCorrespondent >= settings.trustApprovals),
  },
  {
    code: 'UNCERTAIN',
    text: 'The classification is not certain enough.',
    fails: ({ confidence, settings }) => !(confidence >= settings.minimumConfidence),
  },
  {
    code: 'DAILY_CAP',
    text: 'As many automatic replies as you allow went out in the last 24 hours.',
    fails: ({ settings, sent }) => sent.lastDay >= settings.dailySendCap,
  },
  {
    code: 'HOURLY_CAP',
    text: 'As many automatic replies as you allow went out in the last hour.',
    fails: ({ settings, sent }) => sent.lastHour >= settings.hourlySendCap,
  },
  {
    code: 'CORRESPONDENT_CAP',
    text: 'This person got as many automatic replies as you allow in the last 24 hours.',
    fails: ({ settings, sent }) => sent.toCorrespondent >= settings.correspondentDailyCap,
  },
  {
    code: 'ANSWERED_AUTOMATICALLY',
    text: 'An automatic reply has gone into this conversation since this mail came.',
    fails: (facts) => facts.isAnswered,
  },
  {
    code: 'NEWER_MAIL',
    text: 'This person has written into the conversation again since.',
    fails: (facts) => facts.isOvertaken,
  },
]

/** Over the mail as it is stored: looked at before anything is looked up for it, and with the draft. */
const stored: readonly Rule<StoredFacts>[] = [
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
  {
    code: 'SENDER_UNCLEAR',
    text: 'The mail names no sender, several, or a header twice.',
    fails: ({ flags }) => senderFlags.some((flag) => flags.includes(flag)),
  },
  { code: 'NAME_SHOWS_ADDRESS', text: 'The name shows another address.', fails: (facts) => facts.nameShowsAddress },
  { code: 'NAME_SHOWS_DOMAIN', text: 'The name shows a domain.', fails: (facts) => facts.nameShowsDomain },
  { code: 'NAME_SHOWS_PHONE', text: 'The name shows a phone number.', fails: (facts) => facts.nameShowsPhone },
  { code: 'OWNER_NOT_NAMED', text: 'You are not named as a recipient.', fails: (facts) => !facts.ownerIsNamed },
  {
    code: 'MACHINE_MAIL',
    text: 'The mail came from a machine, or wants no automatic reply.',
    fails: (facts) => facts.machineReason !== null,
  },
  {
    code: 'HAS_ATTACHMENTS',
    text: 'The mail carries attachments.',
    fails: ({ attachmentCount, flags }) => attachmentCount > 0 || flags.includes('enclosed-mail'),
  },
  { code: 'HAS_INVITATION', text: 'The mail carries an invitation.', fails: ({ flags }) => flags.includes('calendar') },
  { code: 'ENCRYPTED', text: 'The mail is encrypted.', fails: ({ flags }) => flags.includes('encrypted') },
  {
    code: 'HIDES_TEXT',
    text: 'The mail hides text, or shows another one to some programs.',
    fails: ({ flags }) => hidingFlags.some((flag) => flags.includes(flag)),
  },
  { code: 'GIVES_ORDERS', text: 'The mail gives orders to a program.', fails: (facts) => facts.givesOrders },
  { code: 'NO_TEXT', text: 'The mail holds no text.', fails: (facts) => facts.isEmpty },
  { code: 'LONG_MAIL', text: 'The mail is unusually long.', fails: (facts) => facts.textLength > maximumTextLength },
  {
    code: 'EARLIER_FOR_OWNER',
    text: 'An earlier message of this person, not answered yet, is for you to see.',
    fails: ({ before }) => before.some(isForOwner),
  },
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
  { code: 'ABOUT_MONEY', text: 'It is about money.', fails: ({ topics }) => topics.has('money') },
  { code: 'ABOUT_LAW', text: 'It is about a legal matter.', fails: ({ topics }) => topics.has('legal') },
  {
    code: 'ABOUT_CREDENTIALS',
    text: 'It is about passwords or access.',
    fails: ({ topics }) => topics.has('credentials'),
  },
]

/** Over the reply that was written. */
const drafted: readonly Rule<DraftFacts>[] = [
  {
    code: 'OPEN_QUESTIONS',
    text: 'Something only you know is still open.',
    fails: (facts) => facts.openQuestionCount > 0,
  },
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
  {
    code: 'DRAFT_ABOUT_MONEY',
    text: 'The draft is about money.',
    fails: ({ draftTopics }) => draftTopics.has('money'),
  },
  {
    code: 'DRAFT_ABOUT_LAW',
    text: 'The draft is about a legal matter.',
    fails: ({ draftTopics }) => draftTopics.has('legal'),
  },
  {
    code: 'DRAFT_ABOUT_CREDENTIALS',
    text: 'The draft is about passwords or access.',
    fails: ({ draftTopics }) => draftTopics.has('credentials'),
  },
  {
    code: 'DRAFT_TOO_LONG',
    text: 'The draft is unusually long.',
    fails: ({ draftLength }) => draftLength > maximumDraftLength,
  },
  {
    code: 'UNSUPPORTED_DETAIL',
    text: 'The draft names a link, an address, a number or a day that nothing you share does.',
    fails: (facts) => facts.hasUnsupportedDetail,
  },
  { code: 'ANSWERS_SEVERAL', text: 'It answers several messages at once.', fails: (facts) => facts.answersSeveral },
]

/** The gate: every one must hold, and every failing one is told. */
export const rules = { changing, stored, drafted } as const

/** What a run may come to, before anything is looked up: it can only fall from there. */
export function modeOf(facts: ChangingFacts & StoredFacts): { mode: RunMode; reasons: Reason[] } {
  const reasons = [...failing(changing, facts), ...failing(stored, facts)]
  return { mode: reasons.length === 0 ? 'maySend' : 'reviewOnly', reasons }
}

/** Send or ask: pure, deterministic, no model, no clock, no database. */
export function reviewReply(facts: ReviewFacts): Verdict {
  return verdictOf([...failing(changing, facts), ...failing(stored, facts), ...failing(drafted, facts)])
}

/** The same of what may have changed since; the rest was decided when the reply was written. */
export function reviewAgain(facts: ChangingFacts): Verdict {
  return verdictOf(failing(changing, facts))
}

function failing<Facts>(among: readonly Rule<Facts>[], facts: Facts): Reason[] {
  return among.filter((rule) => rule.fails(facts)).map(({ code, text }) => ({ code, text }))
}

function verdictOf(reasons: readonly Reason[]): Verdict {
  return reasons.length === 0 ? { kind: 'send' } : { kind: 'ask', reasons }
}

/** Several mails before an answer are judged by the strictest of them. */
function isForOwner(mail: MailStanding): boolean {
  return failing(stored, { ...mail, before: [] }).length > 0
}

/** The owner has ruled this person out, or let others in only. */
function isExcluded({ settings, correspondent }: ChangingFacts): boolean {
  const { allowedCorrespondents: allowed, deniedCorrespondents: denied } = settings
  return denied.includes(correspondent) || (allowed.length > 0 && !allowed.includes(correspondent))
}
