import { fold, hasPhrase } from '../../mail/phrases.ts'
import type { ModelFacts } from '../../model-question.ts'
import { asksOf } from './asks.ts'
import { cuesOf } from './classify.ts'
import { readsLikeOrders } from '../../mail/program-orders.ts'
import { isLanguage, languageOf, type Language } from './language.ts'
import { personName } from '../../mail/person-name.ts'
import { type Citation, contentFor } from './content.ts'
import { answersIn, wishesIn } from './owner-words.ts'
import { proposalIn } from './proposals.ts'
import { fillTemplate, firstTemplate } from './template.ts'
import { bulleted, boundedText, shorten, withoutAddresses } from './text.ts'
import { de } from './wording/de.ts'
import { en } from './wording/en.ts'
import { es } from './wording/es.ts'
import { fr } from './wording/fr.ts'
import type { Wording } from './wording/wording.ts'

export type GenerateFacts = Extract<ModelFacts, { task: 'generate' }>

export interface Draft {
  readonly body: string
  readonly openQuestions: readonly string[]
  readonly citations: readonly Citation[]
  readonly confidence: number
  readonly language: Language
}

const wordings: Readonly<Record<Language, Wording>> = { en, de, fr, es }

/** A reply of fixed sentences, the owner's own words and nothing else; what they do not say is asked of the owner. */
export function generate(facts: GenerateFacts): Draft {
  const { mail, owner } = facts
  const text = [...facts.earlier, mail.text].map(boundedText).join('\n\n')
  const language = isLanguage(facts.language) ? facts.language : languageOf(`${mail.subject}\n${text}`)
  const wording = wordings[language]
  const mailLanguage = languageOf(`${mail.subject}\n${text}`)
  const cues = cuesOf[mailLanguage]
  const heard = [cues, cuesOf.en]
  const wishes = wishesIn(facts.instruction)
  const isShorter = wishes.isShorter || (facts.lessons ?? []).filter(isTooLong).length >= 2
  const manner = {
    tone: wishes.tone ?? owner.tone,
    isFamiliar: mailLanguage === language && isFamiliar(text, cues.familiar),
  }
  const person = personName(mail.from.name)
  const subject = repeatable(mail.subject)

  const template = firstTemplate(facts.context)
  const filled =
    template &&
    fillTemplate(template.text, {
      name: person?.full,
      fullName: person?.full,
      firstName: person?.first,
      senderName: person?.full,
      recipientName: person?.full,
      ownerName: owner.name,
      myName: owner.name,
      subject,
      ...(facts.slots.length > 0 && { slots: bulleted(facts.slots), times: bulleted(facts.slots) }),
    })
  const content = filled
    ? {
        paragraphs: [{ text: filled.text, citations: [{ quote: filled.text, sources: [template.id] }] }],
        openQuestions: filled.open.map((name) => `What belongs in the place of [${name}] in the template?`),
        confidence: filled.open.length > 0 ? 0.5 : 0.7,
      }
    : contentFor(facts, {
        asks: asksOf(text, heard),
        proposal: facts.intent === 'meeting_request' ? proposalIn(text, heard) : undefined,
        cues,
        manner,
        wording,
        subject,
        answers: answersIn(facts.context),
      })
  const [opening, ...rest] = content.paragraphs
  const isCut = isShorter && rest.length > 0 && opening?.citations.length === 0
  const paragraphs = isCut ? rest : content.paragraphs

  const first = paragraphs[0]?.text ?? ''
  const lastLines = paragraphs.at(-1)?.text.split('\n').slice(-3).join('\n') ?? ''
  const ownGreeting = [owner.voice?.greeting].find((line) => line !== undefined && wording.beginnings.test(line))
  const greeting = wording.beginnings.test(first) ? [] : [ownGreeting ?? wording.greeting(person, manner)]
  const ownClosing = [owner.voice?.closing].find((line) => line !== undefined && wording.endings.test(line))
  const closing =
    filled && wording.endings.test(lastLines)
      ? []
      : [signOff(ownClosing ?? wording.closing(manner), owner, manner.tone)]
  return {
    body: [...greeting, ...paragraphs.map(({ text }) => text), ...closing].join('\n\n'),
    openQuestions: [
      ...(wishes.isUnderstood ? [] : [notFollowed(facts.instruction ?? '')]),
      ...content.openQuestions,
    ].slice(0, 10),
    citations: paragraphs.flatMap(({ citations }) => citations),
    confidence: wishes.isUnderstood ? content.confidence : 0.3,
    language,
  }
}

function isTooLong({ about, fault }: { about: string; fault: string }): boolean {
  return about === 'person' && fault === 'TOO_LONG'
}

function notFollowed(instruction: string): string {
  return `The offline model can make a draft shorter, more formal or friendlier, and nothing else: how should “${shorten(instruction, 200)}” read in it?`
}

/** The subject as a quotation, without reply prefixes; undefined if there is none or it talks to a program. */
function repeatable(subject: string): string | undefined {
  if (readsLikeOrders(subject)) return undefined
  const bare = subject.slice(0, 1_000).replace(/^(?:\s*(?:re|aw|wg|fwd?|tr|rv|antwort)\s*:)+/i, '')
  const quoted = shorten(withoutAddresses(bare).replaceAll(/["“”„«»]/g, ''), 80)
  return /\p{L}{2}/u.test(quoted) ? quoted : undefined
}

function isFamiliar(text: string, familiar: readonly string[]): boolean {
  // Capital `Sie`, `Ihnen`, `vous` and `usted` outweigh a stray short word.
  if (/(?<![.!?] |^|\n)\b(?:Sie|Ihnen|Ihre?[nmr]?|[Vv]ous|[Vv]otre|[Uu]sted(?:es)?)\b/.test(text)) return false
  return hasPhrase(fold(text), familiar)
}

function signOff(closing: string, { name }: GenerateFacts['owner'], tone: string): string {
  const person = personName(name)
  const signed = tone === 'formal' ? person?.full : person?.first
  return signed ? `${closing}\n${signed}` : closing
}
