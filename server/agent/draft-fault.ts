import { franc } from 'franc'
import type { DraftFault } from '../../shared-types/index.ts'
import { sentencesOf } from '../mail/sentences.ts'
import { promisesWork } from './promises.ts'
import { unsupportedDetails } from './unsupported-details.ts'

/** What an owner made of the agent's words: sentences that went, and sentences that came. */
export interface Difference {
  readonly removed: string[]
  readonly added: string[]
}

const mostSentences = 20
const longestSentence = 300
const short = 0.6

export function differenceOf(before: string, after: string): Difference {
  return { removed: missingIn(after, before), added: missingIn(before, after) }
}

function missingIn(text: string, other: string): string[] {
  const known = new Set(sentencesOf(text))
  const missing = sentencesOf(other).filter((sentence) => !known.has(sentence))
  return missing.slice(0, mostSentences).map((sentence) => sentence.slice(0, longestSentence).toWellFormed())
}

/**
 * What was wrong with the draft, as far as the change tells: another language, a promise that went, a number, day or
 * address in place of another, a name in the greeting, greeting and closing alone, half of the text, or more of it.
 */
export function faultOf(before: string, after: string): DraftFault {
  const { removed, added } = differenceOf(before, after)
  if (isOtherLanguage(before, after)) return 'WRONG_LANGUAGE'
  if (removed.some(promisesWork) && !sentencesOf(after).some(promisesWork)) return 'PROMISED_TOO_MUCH'
  const gone = unsupportedDetails(removed.join('\n'), [after])
  const come = unsupportedDetails(added.join('\n'), [before])
  if (gone.length > 0 && come.length > 0) return 'WRONG_FACT'
  if (removed.length > 0 && [...removed, ...added].every((line) => isFrame(line, before) || isFrame(line, after)))
    return isOtherName(removed, added) ? 'WRONG_PERSON' : 'WRONG_TONE'
  if (after.length < before.length * short) return 'TOO_LONG'
  if (added.length > removed.length || come.length > 0) return 'MISSING_ANSWER'
  return 'OTHER'
}

/** Greeting and closing: the first sentence, and what stands below the last paragraph of more than a line. */
function isFrame(sentence: string, text: string): boolean {
  const sentences = sentencesOf(text)
  return sentences[0] === sentence || (sentences.slice(-2).includes(sentence) && !/[.?!]$/.test(sentence))
}

function isOtherName(removed: readonly string[], added: readonly string[]): boolean {
  const names = (lines: readonly string[]) => new Set(lines[0]?.match(/(?<=\s)\p{Lu}[\p{L}'’-]+/gu))
  const [old, now] = [names(removed), names(added)]
  return old.size > 0 && now.size > 0 && old.isDisjointFrom(now)
}

function isOtherLanguage(before: string, after: string): boolean {
  const [one, other] = [before, after].map((text) => franc(text, { only: ['eng', 'deu', 'fra', 'spa'], minLength: 40 }))
  return one !== other && one !== 'und' && other !== 'und'
}
