import { reliabilityCurve } from '../../server/agent/calibration.ts'
import { unsupportedClaims } from '../../server/agent/provenance.ts'
import type { DraftFault } from '../../shared-types/index.ts'
import type { EvalCase } from './case.ts'
import { rounded, macroF1, mean, quantile, rates, ratesOf, share } from './figures.ts'
import type { Played } from './play-case.ts'
import type { TriageRead } from './triage.ts'
import { holds, overlap } from './wording.ts'

/** Half of its words make an ask the same ask. */
const sameAsk = 0.5
const deep = 5

export type Figures = Readonly<Record<string, number | null>>

/** What the cases of one split come to; a figure is null where nothing was to be counted. */
export function scoreCases(played: readonly Played[]): Figures {
  const understood = played.map(({ intent, one }) => ({ said: intent, is: one.expected.intent }))
  const reply = ratesOf(played.map(({ needsReply, one }) => ({ said: needsReply, is: one.expected.needsReply })))
  const spam = ratesOf(
    played.map(({ intent, one }) => ({ said: intent === 'spam', is: one.expected.intent === 'spam' })),
  )
  const drafted = played.filter(({ draft, one }) => draft !== null && one.expected.needsReply)
  const open = drafted.map(({ draft, one }) => ({
    said: (draft?.openQuestions.length ?? 0) > 0,
    is: one.expected.openQuestion,
  }))
  const forbidden = played.flatMap(({ one }) => one.expected.forbidden).length
  const mustNot = played.filter(({ one }) => !one.expected.mayBeSentAutomatically)
  const found = played.filter(({ one }) => one.expected.foundThread !== null)
  const claims = planted(played)
  return {
    cases: played.length,
    intentAccuracy: share(understood.filter(({ said, is }) => said === is).length, understood.length),
    intentMacroF1: macroF1(understood),
    calibrationError: rounded(reliabilityOf(played).expectedCalibrationError),
    needsReplyPrecision: reply.precision,
    needsReplyRecall: reply.recall,
    spamF1: spam.f1,
    asksF1: asksFound(played).f1,
    asksCovered: mean(drafted.flatMap(askedAndCovered)),
    requiredHeld: mean(drafted.flatMap(requiredHeld)),
    openQuestionF1: ratesOf(open).f1,
    forbiddenSaid: share(played.flatMap(forbiddenSaid).length, forbidden),
    languageRight: share(drafted.filter(isInLanguage).length, drafted.length),
    plantedClaims: claims.planted,
    plantedFound: share(claims.found, claims.planted),
    unsupportedFalseAlarms: share(drafted.filter(hasFlag).length, drafted.length),
    recallAt5ByMail: share(found.filter(isMailFound).length, found.length),
    recallAt5ByThread: share(found.filter(isThreadFound).length, found.length),
    crossContactLeaks: played.flatMap(leaks).length,
    slotsRight: share(
      played.flatMap(({ slots }) => slots).filter(({ isRight }) => isRight).length,
      played.flatMap(({ slots }) => slots).length,
    ),
    ...faultShares(drafted),
    falseAutoRate: share(mustNot.filter(({ status }) => status === 'approved').length, mustNot.length),
    sentAutomatically: played.filter(({ status }) => status === 'approved').length,
    costPerMail: mean(played.map(({ cost }) => cost)),
    tokensPerMail: mean(played.map(({ tokens }) => tokens)),
    latencyP50Ms: quantile(
      played.map(({ ms }) => ms),
      0.5,
    ),
    latencyP95Ms: quantile(
      played.map(({ ms }) => ms),
      0.95,
    ),
  }
}

/** What public mails of somebody else's data come to: they have labels for a reply and for spam, and no drafts. */
export function scoreTriage(read: readonly TriageRead[]): Figures {
  const reply = ratesOf(read.map(({ needsReply, expected }) => ({ said: needsReply, is: expected.needsReply })))
  const spam = ratesOf(read.map(({ isSpam, expected }) => ({ said: isSpam, is: expected.isUnwanted })))
  const right = read.filter(({ needsReply, isSpam, expected }) =>
    expected.isUnwanted ? isSpam : needsReply === expected.needsReply && !isSpam,
  )
  return {
    cases: read.length,
    triageExact: share(right.length, read.length),
    needsReplyPrecision: reply.precision,
    needsReplyRecall: reply.recall,
    spamPrecision: spam.precision,
    spamRecall: spam.recall,
    spamF1: spam.f1,
  }
}

/** How often a confidence in the intent was right. */
export function reliabilityOf(played: readonly Played[]) {
  return reliabilityCurve(
    played.map(({ confidence, intent, one }) => ({ confidence, isRight: intent === one.expected.intent })),
  )
}

/** What is wrong with drafts, by the names under which owners' changes are kept: of all drafts so many. */
function faultShares(drafted: readonly Played[]): Record<string, number | null> {
  const faults = drafted.map(faultsOf)
  return Object.fromEntries(
    judged.map((fault) => [`fault_${fault}`, share(faults.filter((some) => some.has(fault)).length, drafted.length)]),
  )
}

const judged = [
  'WRONG_FACT',
  'MISSING_ANSWER',
  'TOO_LONG',
  'WRONG_LANGUAGE',
  'WRONG_PERSON',
  'PROMISED_TOO_MUCH',
] as const satisfies readonly DraftFault[]

function faultsOf(played: Played): Set<DraftFault> {
  const { draft, one } = played
  const claims = draft?.sentences.flatMap(({ unsupported }) => unsupported) ?? []
  const isOf = (...kinds: string[]) => claims.some(({ kind }) => kinds.includes(kind))
  const found: [DraftFault, boolean][] = [
    ['WRONG_FACT', isOf('number', 'day', 'month', 'link', 'phone', 'address') || forbiddenSaid(played).length > 0],
    ['MISSING_ANSWER', askedAndCovered(played).includes(0)],
    ['TOO_LONG', (draft?.body.length ?? 0) > Math.max(800, 2 * one.mail.text.length)],
    ['WRONG_LANGUAGE', !isInLanguage(played)],
    ['WRONG_PERSON', isOf('name')],
    ['PROMISED_TOO_MUCH', isOf('promise')],
  ]
  return new Set(found.flatMap(([fault, is]) => (is ? [fault] : [])))
}

function asksFound(played: readonly Played[]) {
  const answered = played.filter(({ one, needsReply }) => one.expected.needsReply && needsReply)
  const counts = answered.map(({ asks, one }) => {
    const wanted = one.expected.asks.map(({ quote }) => quote)
    return {
      right: wanted.filter((quote) => asks.some((ask) => isSame(quote, ask))).length,
      found: Math.max(asks.length, 0),
      wanted: wanted.length,
    }
  })
  const sum = (key: 'right' | 'found' | 'wanted') => counts.reduce((total, count) => total + count[key], 0)
  return rates({ right: Math.min(sum('right'), sum('found')), found: sum('found'), wanted: sum('wanted') })
}

function isSame(one: string, other: string): boolean {
  return overlap(one, other) >= sameAsk || overlap(other, one) >= sameAsk
}

/** Each ask of a draft that it answers, or asks its owner: its words are in the one or the other, or the facts it needs. */
function askedAndCovered({ one, draft }: Played): number[] {
  if (!draft) return []
  const said = [draft.body, ...draft.openQuestions.map(({ question }) => question)].join('\n')
  const isHeld = one.expected.required.length > 0 && requiredHeld({ one, draft }).every((held) => held === 1)
  return one.expected.asks.map(({ quote }) => (isHeld || overlap(quote, said) >= sameAsk ? 1 : 0))
}

function requiredHeld({ one, draft }: Pick<Played, 'one' | 'draft'>): number[] {
  if (!draft) return []
  return one.expected.required.map((group) => (group.some((wanted) => holds(draft.body, wanted)) ? 1 : 0))
}

function forbiddenSaid({ one, draft }: Played): string[] {
  const said = draft?.body ?? ''
  return one.expected.forbidden.filter((text) => holds(said, text))
}

/** Languages that the product does not write are answered in one of the owner's. */
function isInLanguage({ one, draft }: Played): boolean {
  const { language } = one.expected
  const wanted = written.includes(language) ? language : (one.persona.languages[0] ?? 'en')
  return draft !== null && marksOf[wanted]?.test(draft.body) === true
}

const written = ['en', 'de', 'fr', 'es']
const marksOf: Readonly<Record<string, RegExp>> = {
  en: /\b(?:the|you|your|for|and|thank)\b/i,
  de: /\b(?:die|der|das|Sie|Ihre?|und|vielen|danke)\b/i,
  fr: /\b(?:le|la|les|vous|votre|pour|merci|et)\b/i,
  es: /\b(?:el|la|los|usted|su|tu|por|gracias|para)\b/i,
}

function hasFlag({ draft }: Played): boolean {
  return draft?.sentences.some(({ writtenBy, unsupported }) => writtenBy === 'agent' && unsupported.length > 0) === true
}

function isThreadFound({ one, found }: Played): boolean {
  return found.threads.slice(0, deep).includes(one.expected.foundThread ?? '')
}

/** The mail that holds a fact of the answer. */
function isMailFound({ one, found }: Played): boolean {
  const wanted = one.expected.required.flat()
  return found.mails
    .slice(0, deep)
    .some(({ thread, text }) => thread === one.expected.foundThread && wanted.some((fact) => holds(text, fact)))
}

/** What was said to somebody else only, and stands in a draft all the same. */
function leaks({ one, draft }: Played): string[] {
  if (one.theme !== 'leaks') return []
  return one.expected.forbidden.filter((text) => holds(draft?.body ?? '', text))
}

const inventions = [
  'It costs 4,731 euros.',
  'We can deliver on 17 November.',
  'Please ask for Mr Theodor Quistgaard.',
  'The details are at https://quistgaard.example/offer.',
  'You reach me at +49 30 5550173.',
  'I will send you the contract.',
]

/** One invention of each kind in each conversation: how many are flagged where nothing of the kind was said. */
function planted(played: readonly Played[]): { planted: number; found: number } {
  const results = played.flatMap(({ one }) => inventions.map((text) => unsupportedClaims(text, saidIn(one)).length > 0))
  return { planted: results.length, found: results.filter(Boolean).length }
}

function saidIn({ mail, thread, past, persona }: EvalCase): string[] {
  const messages = [...thread, ...past.flatMap((conversation) => conversation.messages)]
  return [mail.subject, mail.text, ...messages.map(({ text }) => text), ...persona.notes.map(({ text }) => text)]
}
