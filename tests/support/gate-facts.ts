import type { ReviewFacts } from '../../server/agent/review-facts.ts'
import type { Topic } from '../../server/agent/topics.ts'
import type { ReasonCode } from '../../shared-types/index.ts'
import { defaultSettings } from './settings.ts'

const [ada, bob] = ['ada@engine.example', 'bob@engine.example']
const intentNotTrusted = 'You have not approved enough drafts for mail of this kind unchanged.'
const correspondentNotTrusted = 'You have not approved enough drafts to this person unchanged.'
const earlierForOwner = 'An earlier message of this person, not answered yet, is for you to see.'
const excluded = 'You do not let this person be answered automatically.'

/** A mail and a draft of which nothing keeps the reply from going out. */
export const good: ReviewFacts = {
  settings: { ...defaultSettings, autonomy: 'auto', freeTextReplies: true },
  reply: { kind: 'free_text' },
  draftLength: 300,
  hasUnsupportedDetail: false,
  operatorAllows: true,
  correspondent: ada,
  sent: { lastDay: 19, lastHour: 9, toCorrespondent: 2 },
  isAnswered: false,
  isOvertaken: false,
  intent: 'inquiry',
  confidence: 0.95,
  dmarc: 'pass',
  replyToDiffers: false,
  ownerIsNamed: true,
  machineReason: null,
  attachmentCount: 0,
  textLength: 300,
  isEmpty: false,
  before: [],
  answersSeveral: false,
  asksInQuote: false,
  isMuted: false,
  mutingUnknown: false,
  earlierMessages: 2,
  approvals: { ofIntent: 5, ofCorrespondent: 5 },
  openQuestionCount: 0,
  problem: null,
  nameShowsAddress: false,
  nameShowsDomain: false,
  nameShowsPhone: false,
  flags: [],
  topics: new Set(),
  givesOrders: false,
  draftTopics: new Set(),
  leftOutLink: false,
  leftOutPhone: false,
  leftOutIban: false,
  promisesWork: false,
}

export type Changes = Partial<
  Omit<ReviewFacts, 'settings' | 'sent' | 'approvals'> & {
    readonly settings: Partial<ReviewFacts['settings']>
    readonly sent: Partial<ReviewFacts['sent']>
    readonly approvals: Partial<ReviewFacts['approvals']>
  }
>
export type Row = [code: ReasonCode, text: string, failing: Changes, holding: Changes]

/** What may be sent, but for these changes; of sets and lists all that any of them names. */
export function factsWith(...changes: readonly Changes[]): ReviewFacts {
  const settings = Object.assign(
    {},
    good.settings,
    ...changes.map((change) => change.settings),
  ) as ReviewFacts['settings']
  const sent = Object.assign({}, good.sent, ...changes.map((change) => change.sent)) as ReviewFacts['sent']
  const approvals = Object.assign({}, good.approvals, ...changes.map((change) => change.approvals))
  const topics = new Set(changes.flatMap((change) => [...(change.topics ?? [])]))
  const draftTopics = new Set(changes.flatMap((change) => [...(change.draftTopics ?? [])]))
  const flags = changes.flatMap((change) => change.flags ?? [])
  const changed = Object.assign({}, good, ...changes) as ReviewFacts
  return { ...changed, settings, sent, approvals, topics, draftTopics, flags }
}

/** For every rule what makes it the only one that fails, and the same where it does not. */
export const rows: Row[] = [
  ['AUTONOMY_OFF', 'Automatic sending is off.', { settings: { autonomy: 'ask' } }, { settings: { autonomy: 'auto' } }],
  ['AUTONOMY_OFF', 'Automatic sending is off.', { settings: { autonomy: 'off' } }, { settings: { autonomy: 'auto' } }],
  [
    'OPERATOR_OFF',
    'The operator has not enabled automatic sending.',
    { operatorAllows: false },
    { operatorAllows: true },
  ],
  [
    'SENDING_PAUSED',
    'You have paused automatic sending.',
    { settings: { sendingPaused: true } },
    { settings: { sendingPaused: false } },
  ],
  [
    'CORRESPONDENT_EXCLUDED',
    excluded,
    { settings: { deniedCorrespondents: [ada] } },
    { settings: { deniedCorrespondents: [bob] } },
  ],
  [
    'CORRESPONDENT_EXCLUDED',
    excluded,
    { settings: { allowedCorrespondents: [bob] } },
    { settings: { allowedCorrespondents: [bob, ada] } },
  ],
  ['CORRESPONDENT_EXCLUDED', excluded, { settings: { allowedCorrespondents: [ada], deniedCorrespondents: [ada] } }, {}],
  ['COMPLAINT', 'Complaints always get a human.', { intent: 'complaint' }, { intent: 'meeting_request' }],
  [
    'INTENT_NOT_ALLOWED',
    'You do not let mail of this kind be answered automatically.',
    { intent: 'spam' },
    { intent: 'inquiry' },
  ],
  [
    'INTENT_NOT_ALLOWED',
    'You do not let mail of this kind be answered automatically.',
    { settings: { allowedIntents: ['follow_up'] } },
    { settings: { allowedIntents: ['inquiry'] } },
  ],
  [
    'FREE_TEXT_OFF',
    'No approved template fits, and you let no free text go out.',
    { settings: { freeTextReplies: false } },
    { settings: { freeTextReplies: false }, reply: { kind: 'template', isApproved: true } },
  ],
  [
    'TEMPLATES_OFF',
    'You let no template go out.',
    { settings: { templateReplies: false }, reply: { kind: 'template', isApproved: true } },
    { settings: { templateReplies: false } },
  ],
  [
    'TEMPLATE_CHANGED',
    'The template is not the one any more that you approved.',
    { reply: { kind: 'template', isApproved: false } },
    { reply: { kind: 'template', isApproved: true } },
  ],
  ['DRAFT_TOO_LONG', 'The draft is unusually long.', { draftLength: 3_001 }, { draftLength: 3_000 }],
  [
    'UNSUPPORTED_DETAIL',
    'The draft names a link, an address, a number or a day that nothing you share does.',
    { hasUnsupportedDetail: true },
    { hasUnsupportedDetail: false },
  ],
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
  [
    'PROMISES_WORK',
    'The draft promises work that nobody has taken on.',
    { promisesWork: true },
    { promisesWork: false },
  ],
  ['OWNER_NOT_NAMED', 'You are not named as a recipient.', { ownerIsNamed: false }, { ownerIsNamed: true }],
  [
    'MACHINE_MAIL',
    'The mail came from a machine, or wants no automatic reply.',
    { machineReason: { code: 'BULK_MAIL', text: 'It is bulk mail (Precedence).' } },
    { machineReason: null },
  ],
  ['HAS_ATTACHMENTS', 'The mail carries attachments.', { attachmentCount: 1 }, { attachmentCount: 0 }],
  ['HAS_ATTACHMENTS', 'The mail carries attachments.', { flags: ['enclosed-mail'] }, { flags: ['signed'] }],
  ['HAS_INVITATION', 'The mail carries an invitation.', { flags: ['calendar'] }, { flags: [] }],
  ['ENCRYPTED', 'The mail is encrypted.', { flags: ['encrypted'] }, { flags: [] }],
  ...(['hidden-text', 'html-comment', 'zero-width', 'bidi', 'tag-characters', 'alternatives-differ'] as const).map(
    (flag): Row => ['HIDES_TEXT', 'The mail hides text, or shows another one to some programs.', { flags: [flag] }, {}],
  ),
  ...(['no-sender', 'several-senders', 'duplicate-headers'] as const).map((flag): Row => [
    'SENDER_UNCLEAR',
    'The mail names no sender, several, or a header twice.',
    { flags: [flag] },
    {},
  ]),
  ['GIVES_ORDERS', 'The mail gives orders to a program.', { givesOrders: true }, { givesOrders: false }],
  ['ABOUT_MONEY', 'It is about money.', { topics: new Set<Topic>(['money']) }, {}],
  ['ABOUT_LAW', 'It is about a legal matter.', { topics: new Set<Topic>(['legal']) }, {}],
  ['ABOUT_CREDENTIALS', 'It is about passwords or access.', { topics: new Set<Topic>(['credentials']) }, {}],
  ['DRAFT_ABOUT_MONEY', 'The draft is about money.', { draftTopics: new Set<Topic>(['money']) }, {}],
  ['DRAFT_ABOUT_LAW', 'The draft is about a legal matter.', { draftTopics: new Set<Topic>(['legal']) }, {}],
  [
    'DRAFT_ABOUT_CREDENTIALS',
    'The draft is about passwords or access.',
    { draftTopics: new Set<Topic>(['credentials']) },
    {},
  ],
  ['NO_TEXT', 'The mail holds no text.', { isEmpty: true }, { isEmpty: false }],
  ['LONG_MAIL', 'The mail is unusually long.', { textLength: 20_001 }, { textLength: 20_000 }],
  ['ANSWERS_SEVERAL', 'It answers several messages at once.', { answersSeveral: true }, { answersSeveral: false }],
  ['EARLIER_FOR_OWNER', earlierForOwner, { before: [good, { ...good, attachmentCount: 1 }] }, { before: [good] }],
  ['EARLIER_FOR_OWNER', earlierForOwner, { before: [{ ...good, dmarc: 'none' }] }, { before: [good, good] }],
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
    { settings: { minimumEarlierMessages: 3 } },
    { settings: { minimumEarlierMessages: 1 } },
  ],
  ['INTENT_NOT_TRUSTED', intentNotTrusted, { approvals: { ofIntent: 4 } }, { approvals: { ofIntent: 5 } }],
  ['INTENT_NOT_TRUSTED', intentNotTrusted, { approvals: { ofIntent: Number.NaN } }, {}],
  [
    'CORRESPONDENT_NOT_TRUSTED',
    correspondentNotTrusted,
    { approvals: { ofCorrespondent: 4 } },
    { approvals: { ofCorrespondent: 6 } },
  ],
  ['UNCERTAIN', 'The classification is not certain enough.', { confidence: 0.89 }, { confidence: 0.9 }],
  [
    'UNCERTAIN',
    'The classification is not certain enough.',
    { settings: { minimumConfidence: 0.96 } },
    { settings: { minimumConfidence: 0.95 } },
  ],
  ['UNCERTAIN', 'The classification is not certain enough.', { confidence: Number.NaN }, { confidence: 1 }],
  [
    'DAILY_CAP',
    'As many automatic replies as you allow went out in the last 24 hours.',
    { sent: { lastDay: 20 } },
    { sent: { lastDay: 19 } },
  ],
  [
    'DAILY_CAP',
    'As many automatic replies as you allow went out in the last 24 hours.',
    { settings: { dailySendCap: 0 } },
    { settings: { dailySendCap: 21 } },
  ],
  [
    'HOURLY_CAP',
    'As many automatic replies as you allow went out in the last hour.',
    { sent: { lastHour: 10 } },
    { sent: { lastHour: 9 } },
  ],
  [
    'HOURLY_CAP',
    'As many automatic replies as you allow went out in the last hour.',
    { settings: { hourlySendCap: 9 } },
    { settings: { hourlySendCap: 11 } },
  ],
  [
    'CORRESPONDENT_CAP',
    'This person got as many automatic replies as you allow in the last 24 hours.',
    { sent: { toCorrespondent: 3 } },
    { sent: { toCorrespondent: 2 } },
  ],
  [
    'CORRESPONDENT_CAP',
    'This person got as many automatic replies as you allow in the last 24 hours.',
    { settings: { correspondentDailyCap: 2 } },
    { settings: { correspondentDailyCap: 4 } },
  ],
  [
    'ANSWERED_AUTOMATICALLY',
    'An automatic reply has gone into this conversation since this mail came.',
    { isAnswered: true },
    { isAnswered: false },
  ],
  [
    'NEWER_MAIL',
    'This person has written into the conversation again since.',
    { isOvertaken: true },
    { isOvertaken: false },
  ],
]
