import { fold, hasPhrase } from '../../mail/phrases.ts'
import type { ModelFacts } from '../../model-question.ts'
import type { Ask } from './asks.ts'
import type { LanguageCues } from './cues/cues.ts'
import { namesTime } from './cues/times.ts'
import { groundingOf, type Grounding, type Passage } from './grounding.ts'
import type { OwnerAnswers } from './owner-words.ts'
import { bulleted, shorten } from './text.ts'
import type { Manner, Wording } from './wording/wording.ts'

type GenerateFacts = Extract<ModelFacts, { task: 'generate' }>

/** A paragraph of the reply; `citations` say which of its words stand on which of the context. */
export interface Paragraph {
  readonly text: string
  readonly citations: readonly Citation[]
}

export interface Citation {
  readonly quote: string
  readonly sources: readonly string[]
}

export interface Content {
  readonly paragraphs: readonly Paragraph[]
  readonly openQuestions: readonly string[]
  readonly confidence: number
}

export interface Material {
  readonly asks: readonly Ask[]
  /** The sentences of the mail that propose a time. */
  readonly proposal: string | undefined
  readonly cues: LanguageCues
  readonly manner: Manner
  readonly wording: Wording
  readonly subject: string | undefined
  /** What the owner has answered to questions of an earlier draft. */
  readonly answers: OwnerAnswers
}

/** What stands between greeting and closing. */
export function contentFor(facts: GenerateFacts, material: Material): Content {
  const { wording, manner } = material
  const subject = material.subject === undefined ? undefined : wording.quote(material.subject)
  const about = material.subject === undefined ? 'this mail' : `“${material.subject}”`
  const grounding = groundingOf(facts.context)
  switch (facts.intent) {
    case 'complaint':
      return asked(
        [
          `What happened with ${about}, and what do you want to offer? The draft confirms nothing of it.`,
          ...material.asks.map(asQuestion),
        ],
        material.answers,
        { before: [plain(wording.regret(subject, manner))], open: plain(wording.checkingFirst), confidence: 0.3 },
      )
    case 'follow_up':
      return reminded(facts, material, { subject, about, grounding })
    case 'meeting_request':
      return invited(facts, material, { subject, about, grounding })
    default: {
      const thanks = plain(wording.thanks(subject, manner))
      const replies = answered(material.asks, grounding, { ...material, receivedAt: facts.mail.receivedAt })
      const isGrounded = replies.paragraphs.some(({ citations }) => citations.length > 0)
      if (!isGrounded && replies.openQuestions.length === 0)
        return asked([`What do you want to say to ${about}?`], material.answers, { before: [thanks], confidence: 0.3 })
      return {
        paragraphs: [thanks, ...replies.paragraphs],
        openQuestions: replies.openQuestions,
        confidence: !isGrounded ? 0.3 : replies.openQuestions.length > 0 ? 0.45 : 0.65,
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
  const earlier = promise && day ? wording.earlier(inWords(day, wording, facts.mail.receivedAt)) : undefined
  const open: Paragraph =
    earlier === undefined || !promise
      ? plain(wording.updateFollows)
      : {
          text: `${earlier} ${wording.updateFollows}`,
          citations: [{ quote: earlier, sources: [promise.sourceId] }],
        }
  return asked([`${said}What is the state of ${about}?`], material.answers, {
    before: [plain(wording.thanksForReminder(subject, manner))],
    open,
    confidence: 0.35,
  })
}

function invited(facts: GenerateFacts, material: Material, { subject, about, grounding }: Topic): Content {
  const { asks, proposal, cues, wording, manner } = material
  const others = asks.filter((ask) => !isAboutTime(ask, cues))
  const replies = answered(others, grounding, { ...material, receivedAt: facts.mail.receivedAt })
  const hasSlots = facts.slots.length > 0
  const aboutTimes =
    facts.proposal === undefined && proposal !== undefined
      ? [`They propose: “${proposal}”. Does one of these times suit you?`]
      : hasSlots
        ? []
        : [`Which times may be offered for ${about}?`]
  const times = settled(aboutTimes, material.answers)
  const openQuestions = [...times.openQuestions, ...replies.openQuestions]
  const isAnswered = times.paragraphs.length > 0
  return {
    paragraphs: [
      plain(wording.thanksForProposal(subject, manner)),
      ...(isAnswered ? times.paragraphs : aboutTime(facts, material)),
      ...replies.paragraphs,
    ],
    openQuestions,
    confidence: (hasSlots || isAnswered) && openQuestions.length === 0 ? 0.6 : 0.4,
  }
}

function aboutTime(facts: GenerateFacts, material: Material): Paragraph[] {
  const calendar = facts.context.filter(({ kind }) => kind === 'calendar').map(({ id }) => id)
  const isFromCalendar = facts.slots.length > 0 || facts.proposal === 'taken'
  return timesInWords(facts, material).map((text) => (isFromCalendar ? cited(text, calendar) : plain(text)))
}

function timesInWords({ slots, proposal: answer }: GenerateFacts, { proposal, wording, manner }: Material): string[] {
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
  { wording, receivedAt, answers }: Pick<Material, 'wording' | 'answers'> & { receivedAt: string },
): Omit<Content, 'confidence'> {
  const paragraphs: Paragraph[] = []
  const openQuestions: string[] = []
  const used = new Map<string, Passage>()
  for (const ask of asks) {
    // A request is not repeated: it may be an order in the clothes of one.
    const lead = ask.isQuestion && ask.text.length <= 160 ? [wording.quote(ask.text)] : []
    const answer = answers.get(asQuestion(ask))
    if (answer) {
      paragraphs.push(cited([...lead, answer.text].join('\n'), [answer.sourceId]))
      continue
    }
    const found = grounding.find(ask.text)
    const fresh = found.filter(({ text }) => !used.has(text))
    for (const passage of fresh) used.set(passage.text, passage)
    if (found.length === 0) openQuestions.push(asQuestion(ask))
    if (fresh.length === 0) continue
    const sources = [...new Set(fresh.map(({ sourceId }) => sourceId))]
    paragraphs.push(cited([...lead, ...worded(fresh, wording, receivedAt)].join('\n'), sources))
  }
  if (openQuestions.length > 0)
    paragraphs.push(plain(paragraphs.length > 0 ? wording.moreDetailsFollow : wording.detailsFollow))
  return { paragraphs, openQuestions }
}

/** Questions to the owner and what stands in the reply: what they have answered, and `open` while something is not. */
function asked(
  questions: readonly string[],
  answers: OwnerAnswers,
  { before, open, confidence }: { before: readonly Paragraph[]; open?: Paragraph; confidence: number },
): Content {
  const { openQuestions, paragraphs } = settled(questions, answers)
  const left = open && openQuestions.length > 0 ? [open] : []
  return {
    paragraphs: [...before, ...paragraphs, ...left],
    openQuestions,
    confidence: openQuestions.length === 0 ? 0.65 : confidence,
  }
}

function settled(questions: readonly string[], answers: OwnerAnswers): Omit<Content, 'confidence'> {
  const paragraphs = questions.flatMap((question) => {
    const answer = answers.get(question)
    return answer ? [cited(answer.text, [answer.sourceId])] : []
  })
  return { paragraphs, openQuestions: questions.filter((question) => !answers.get(question)) }
}

function plain(text: string): Paragraph {
  return { text, citations: [] }
}

function cited(text: string, sources: readonly string[]): Paragraph {
  return { text, citations: sources.length > 0 ? [{ quote: text, sources }] : [] }
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
