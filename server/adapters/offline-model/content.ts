import { fold, hasPhrase } from '../../mail/phrases.ts'
import type { ModelFacts } from '../../model-question.ts'
import type { Ask } from './asks.ts'
import type { LanguageCues } from './cues/cues.ts'
import { namesTime } from './cues/times.ts'
import { groundingOf, type Grounding, type Passage } from './grounding.ts'
import { bulleted, shorten } from './text.ts'
import type { Manner, Wording } from './wording/wording.ts'

type GenerateFacts = Extract<ModelFacts, { task: 'generate' }>

export interface Content {
  readonly paragraphs: readonly string[]
  readonly openQuestions: readonly string[]
  readonly usedSources: readonly string[]
  readonly confidence: number
}

interface Material {
  readonly asks: readonly Ask[]
  /** The sentences of the mail that propose a time. */
  readonly proposal: string | undefined
  readonly cues: LanguageCues
  readonly manner: Manner
  readonly wording: Wording
  readonly subject: string | undefined
}

/** What stands between greeting and closing. */
export function contentFor(facts: GenerateFacts, material: Material): Content {
  const { wording, manner } = material
  const subject = material.subject === undefined ? undefined : wording.quote(material.subject)
  const about = material.subject === undefined ? 'this mail' : `“${material.subject}”`
  const grounding = groundingOf(facts.context)
  switch (facts.intent) {
    case 'complaint':
      return {
        paragraphs: [wording.regret(subject, manner), wording.checkingFirst],
        openQuestions: [
          `What happened with ${about}, and what do you want to offer? The draft confirms nothing of it.`,
          ...material.asks.map(asQuestion),
        ],
        usedSources: [],
        confidence: 0.3,
      }
    case 'follow_up':
      return reminded(facts, material, { subject, about, grounding })
    case 'meeting_request':
      return invited(facts, material, { subject, about, grounding })
    default: {
      const answers = answered(material.asks, grounding, { ...material, receivedAt: facts.mail.receivedAt })
      return {
        paragraphs: [wording.thanks(subject, manner), ...answers.paragraphs],
        openQuestions:
          answers.openQuestions.length > 0 || answers.usedSources.length > 0
            ? answers.openQuestions
            : [`What do you want to say to ${about}?`],
        usedSources: answers.usedSources,
        confidence: answers.usedSources.length === 0 ? 0.3 : answers.openQuestions.length > 0 ? 0.45 : 0.65,
      }
    }
  }
}

interface Topic {
  /** Quoted in the language of the reply. */
  readonly subject: string | undefined
  /** For the owner. */
  readonly about: string
  readonly grounding: Grounding
}

function reminded(facts: GenerateFacts, material: Material, { subject, about, grounding }: Topic): Content {
  const { asks, wording, manner } = material
  const [promise] = grounding.find([material.subject ?? '', ...asks.map((ask) => ask.text)].join(' '))
  const day = promise?.writtenOn
  const said = promise ? `You wrote${day ? ` on ${day}` : ''}: “${promise.text}” ` : ''
  return {
    paragraphs: [
      wording.thanksForReminder(subject, manner),
      [...(day ? [wording.earlier(inWords(day, wording, facts.mail.receivedAt))] : []), wording.updateFollows].join(
        ' ',
      ),
    ],
    openQuestions: [`${said}What is the state of ${about}?`],
    usedSources: promise ? [promise.sourceId] : [],
    confidence: 0.35,
  }
}

function invited(facts: GenerateFacts, material: Material, { subject, about, grounding }: Topic): Content {
  const { asks, proposal, cues, wording, manner } = material
  const others = asks.filter((ask) => !isAboutTime(ask, cues))
  const answers = answered(others, grounding, { ...material, receivedAt: facts.mail.receivedAt })
  const hasSlots = facts.slots.length > 0
  const aboutTimes =
    facts.proposal === undefined && proposal !== undefined
      ? [`They propose: “${proposal}”. Does one of these times suit you?`]
      : hasSlots
        ? []
        : [`Which times may be offered for ${about}?`]
  const openQuestions = [...aboutTimes, ...answers.openQuestions]
  return {
    paragraphs: [wording.thanksForProposal(subject, manner), ...aboutTime(facts, material), ...answers.paragraphs],
    openQuestions,
    usedSources: [
      ...(hasSlots ? facts.context.filter(({ kind }) => kind === 'calendar').map(({ id }) => id) : []),
      ...answers.usedSources,
    ],
    confidence: hasSlots && openQuestions.length === 0 ? 0.6 : 0.4,
  }
}

function aboutTime({ slots, proposal: answer }: GenerateFacts, { proposal, wording, manner }: Material): string[] {
  const [only] = slots
  if (answer === 'free' && only !== undefined) return [wording.proposalAccepted(only)]
  const isNoted = proposal !== undefined
  const noted = answer === 'taken' ? wording.proposalDeclined : isNoted ? wording.proposalNoted(manner) : undefined
  if (slots.length === 0)
    return answer === 'taken' ? [`${noted} ${wording.timesFollow}`] : [noted ?? wording.timesFollow]
  const lead = noted === undefined ? wording.timesOffered : `${noted} ${wording.otherTimesOffered}`
  return [`${lead}\n${bulleted(slots.slice(0, 5))}`, wording.whichTime(manner)]
}

/** Each ask with the owner's own words on it; one without any becomes a question to the owner. */
function answered(
  asks: readonly Ask[],
  grounding: Grounding,
  { wording, receivedAt }: Pick<Material, 'wording'> & { receivedAt: string },
): Omit<Content, 'confidence'> {
  const paragraphs: string[] = []
  const openQuestions: string[] = []
  const used = new Map<string, Passage>()
  for (const ask of asks) {
    const found = grounding.find(ask.text)
    const fresh = found.filter(({ text }) => !used.has(text))
    for (const passage of fresh) used.set(passage.text, passage)
    if (found.length === 0) openQuestions.push(asQuestion(ask))
    if (fresh.length === 0) continue
    const lines = worded(fresh, wording, receivedAt)
    // A request is not repeated: it may be an order in the clothes of one.
    const isShort = ask.isQuestion && ask.text.length <= 160
    paragraphs.push([...(isShort ? [wording.quote(ask.text)] : []), ...lines].join('\n'))
  }
  if (openQuestions.length > 0) paragraphs.push(used.size > 0 ? wording.moreDetailsFollow : wording.detailsFollow)
  return { paragraphs, openQuestions, usedSources: [...used.values()].map(({ sourceId }) => sourceId) }
}

/** A note as it stands; sentences of one mail under its day. */
function worded(passages: readonly Passage[], wording: Wording, receivedAt: string): string[] {
  return [...Map.groupBy(passages, (passage) => passage.writtenOn)].flatMap(([day, group]) => {
    const texts = group.map((passage) => passage.text)
    if (day === null) return texts
    return [`${wording.asWritten(inWords(day, wording, receivedAt))} ${wording.quote(texts.join(' […] '))}`]
  })
}

/** `3 March`, with the year where it is not that of the mail. */
function inWords(day: string, { locale }: Wording, receivedAt: string): string {
  const isThisYear = receivedAt.startsWith(day.slice(0, 4))
  return new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'long',
    ...(!isThisYear && { year: 'numeric' }),
    timeZone: 'UTC',
  }).format(new Date(day))
}

function isAboutTime({ text }: Ask, { meeting_request: meeting, weekdays }: LanguageCues): boolean {
  const folded = fold(text)
  return (
    hasPhrase(folded, meeting.strong) ||
    hasPhrase(folded, weekdays) ||
    /\b\d{1,2}[:.h]\d{2}\b/.test(text) ||
    namesTime(text)
  )
}

function asQuestion({ text, isQuestion }: Ask): string {
  return `${isQuestion ? 'What is the answer to' : 'What do you say to the request'} “${shorten(text, 240)}”?`
}
