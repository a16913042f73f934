import { fold, hasPhrase, phrases } from '../../mail/phrases.ts'
import { isQuestion } from './asks.ts'
import type { LanguageCues } from './cues/cues.ts'
import { readsLikeOrders } from '../../mail/program-orders.ts'
import { namesDay, namesTime } from './cues/times.ts'
import { sentencesOf, shorten, withoutAddresses } from './text.ts'

const maxSentences = 3

/** A day that is past, or does not suit the sender. */
const declined = phrases(`
  cannot, can’t, can not, won’t, unable, cancel*, missed, last, was on, was at, we met, we spoke, not free, not available,
  leider, kann nicht, können nicht, geht nicht, passt nicht, absagen, letzten, letzte, war, waren, hatten,
  ne peux pas, ne pourrai, ne suis pas, annuler, dernier, dernière, était, avions,
  no puedo, no podré, no estoy, cancelar, pasado, pasada, fue, teníamos
`)

/** The sentences that propose a time, without links and addresses; undefined where none does. */
export function proposalIn(text: string, cues: readonly LanguageCues[]): string | undefined {
  const found: string[] = []
  for (const sentence of sentencesOf(text)) {
    if (found.length === maxSentences) break
    if (proposes(sentence, cues) && !readsLikeOrders(sentence))
      found.push(withoutAddresses(sentence.replace(/^[-*•] /, '')))
  }
  const quoted = shorten(found.join(' […] '), 240)
  return /\p{L}/u.test(quoted) ? quoted : undefined
}

function proposes(sentence: string, cues: readonly LanguageCues[]): boolean {
  const hasTime = namesTime(sentence)
  if (!hasTime && !namesDay(sentence)) return false
  const folded = fold(sentence)
  const isDeclined = hasPhrase(folded, declined)
  // `I cannot do Tuesday at 10:00, would Friday at 11:00 suit you?` proposes all the same.
  if (hasTime) return isQuestion(sentence) || !isDeclined
  return !isDeclined && (isQuestion(sentence) || cues.some(({ requests }) => hasPhrase(folded, requests)))
}
