import { findPhrases, fold, hasPhrase } from '../../mail/phrases.ts'
import type { MailFacts, ModelFacts } from '../../model-question.ts'
import { mostAlike } from './alike.ts'
import { asksOf } from './asks.ts'
import type { CueList, LanguageCues } from './cues/cues.ts'
import { de } from './cues/de.ts'
import { en } from './cues/en.ts'
import { es } from './cues/es.ts'
import { fr } from './cues/fr.ts'
import { readsLikeOrders } from '../../mail/program-orders.ts'
import { languageOf, type Language } from './language.ts'
import { spamSigns } from './spam.ts'
import { boundedText, sentencesOf } from './text.ts'

const personal = ['meeting_request', 'complaint', 'follow_up', 'inquiry'] as const
export type Intent = (typeof personal)[number] | 'spam' | 'other'

export interface Classification {
  readonly intent: Intent
  readonly confidence: number
  readonly reason: string
  readonly language: Language
  readonly needsReply: boolean
  readonly asks: readonly { readonly text: string; readonly due: string | null }[]
}

export const cuesOf: Readonly<Record<Language, LanguageCues>> = { en, de, fr, es }

const spamThreshold = 5

/** Says what a mail wants: what its owner said of one like it, else what its words say. */
export function classify({ mail, examples = [] }: Extract<ModelFacts, { task: 'classify' }>): Classification {
  const read = readWords(mail)
  const alike = mostAlike(mail, examples)
  if (!alike) return read
  const { intent } = alike
  const isPersonal = intent !== 'spam' && intent !== 'other'
  return {
    ...read,
    intent,
    confidence: 0.8,
    reason: 'It is like an earlier e-mail that you sorted yourself.',
    needsReply: intent !== 'spam' && (read.needsReply || (isPersonal && read.asks.length > 0)),
  }
}

/** By the words it holds; what the mail says about itself, or to a program, decides nothing. */
function readWords(mail: MailFacts): Classification {
  const text = boundedText(mail.text)
  const subject = mail.subject.slice(0, 1_000)
  const language = languageOf(`${subject}\n${text}`)
  const cues = cuesOf[language]
  const lists = language === 'en' ? [cues] : [cues, en]
  const asks = asksOf(text, lists)
  // Words to a program are no words to the owner; that they are there counts for spam alone.
  const heard = sentencesOf(text)
    .filter((sentence) => !readsLikeOrders(sentence))
    .join('\n')
  const heading = readsLikeOrders(subject) ? '' : subject

  const scores = personal.map((intent) => weigh(intent, cues[intent], heading, heard))
  const questions = asks.filter(({ isQuestion }) => isQuestion).length
  for (const score of scores) {
    if (score.intent === 'inquiry')
      score.points += (questions > 0 ? 1 : 0) + Math.min(questions, 3) + (asks.length > questions ? 1 : 0)
    if (score.intent === 'meeting_request' && questions > 0) score.points += timesNamed(heading, heard, cues)
    if (score.intent === 'follow_up' && mail.isReply && score.points > 0) score.points += 1
  }
  const [best, second] = scores.toSorted((a, b) => b.points - a.points)
  const spam = spamSigns({ ...mail, subject, text }, lists)
  const answer = { language, asks: asks.map((ask) => ({ text: ask.text, due: ask.due })) }
  if (best === undefined || (spam.score >= spamThreshold && spam.score > best.points * 0.75)) {
    const reason = `It looks like spam: ${listed(spam.evidence)}.`
    return {
      ...answer,
      intent: 'spam',
      confidence: certainty(spam.score, best?.points ?? 0),
      reason,
      needsReply: false,
    }
  }

  const folded = fold(`${heading} ${heard}`)
  const releases = findPhrases(folded, [...cues.nothingExpected, ...cues.machine])
  const thanks = findPhrases(fold(heard.slice(0, 600)), cues.thanks)
  const isAwaiting = asks.length > 0 || hasPhrase(folded, cues.awaiting)
  const isVague = best.intent === 'inquiry' && !best.isStrong && !isAwaiting
  const isReleased = releases.length > 0 && questions === 0
  const isThanks = thanks.length > 0 && !isAwaiting && best.points < 4
  if (best.points < 2 || isVague || isReleased || isThanks) {
    const evidence = releases.length > 0 ? releases : thanks
    return {
      ...answer,
      intent: 'other',
      confidence: certainty(3 + evidence.length, best.points),
      reason:
        evidence.length > 0
          ? `Nothing seems to be expected: ${listed(evidence)}.`
          : 'It holds none of the words by which requests are known.',
      needsReply: releases.length === 0 && isAwaiting,
    }
  }
  return {
    ...answer,
    intent: best.intent,
    confidence: certainty(best.points, second?.points ?? 0),
    reason: `It reads like ${names[best.intent]}: ${listed(best.evidence.length > 0 ? best.evidence : ['a question'])}.`,
    needsReply: !hasPhrase(folded, cues.machine) || questions > 0,
  }
}

const names = {
  meeting_request: 'a request to meet',
  complaint: 'a complaint',
  follow_up: 'a reminder of something open',
  inquiry: 'an inquiry',
} as const

function weigh(intent: (typeof personal)[number], cues: CueList, subject: string, text: string) {
  const inText = fold(text)
  const inSubject = fold(subject)
  const strong = findPhrases(inText, cues.strong)
  const weak = findPhrases(inText, cues.weak)
  const strongInSubject = findPhrases(inSubject, cues.strong)
  const weakInSubject = findPhrases(inSubject, cues.weak)
  // Many weak words are what any long mail has.
  const points =
    strong.length * 3 + Math.min(weak.length, 4) + strongInSubject.length * 4 + Math.min(weakInSubject.length, 2) * 2
  const isStrong = strong.length + strongInSubject.length > 0
  return {
    intent,
    points,
    isStrong,
    evidence: [...new Set([...strongInSubject, ...strong, ...weakInSubject, ...weak])],
  }
}

/** A day and hours beside a question: somebody proposes a time, and with several hours a choice of them. */
function timesNamed(subject: string, text: string, { weekdays }: LanguageCues): number {
  const both = `${subject} ${text}`
  const hours = both.match(
    /\b\d{1,2}[:.h]\d{2}\b|\b\d{1,2} ?(?:am|pm|uhr|h|heures)\b|\b\d{1,2} (?:bis|to|à|a) \d{1,2}\b/gi,
  )
  return Math.min(hours?.length ?? 0, 2) * 2 + (hasPhrase(fold(both), weekdays) ? 2 : 0)
}

/** Between 0.3 and 0.9: rules are never sure. */
function certainty(first: number, second: number): number {
  const share = first / (first + Math.max(second, 0) + 2)
  return Math.round(Math.min(0.9, Math.max(0.3, share)) * 100) / 100
}

function listed(evidence: readonly string[]): string {
  return evidence
    .slice(0, 3)
    .map((cue) => `“${cue.replace('*', '')}”`)
    .join(', ')
}
