import { fold, hasPhrase } from '../../mail/phrases.ts'
import type { LanguageCues } from './cues/cues.ts'
import { readsLikeOrders } from '../../mail/program-orders.ts'
import { dueIn } from './due.ts'
import { sentencesOf, shorten, withoutAddresses } from './text.ts'

export interface Ask {
  /** As it stands in the mail, without links and addresses. */
  readonly text: string
  readonly isQuestion: boolean
  /** The words in it by which it is due. */
  readonly due: string | null
}

const maxAsks = 8

/** The questions and requests of a mail, in its order; words to a program are no requests to a person. */
export function asksOf(text: string, cues: readonly LanguageCues[]): Ask[] {
  const asks: Ask[] = []
  for (const sentence of sentencesOf(text)) {
    if (asks.length === maxAsks) break
    const asksOutright = isQuestion(sentence)
    const folded = fold(sentence)
    if (!asksOutright && !cues.some(({ requests }) => hasPhrase(folded, requests))) continue
    if (readsLikeOrders(sentence)) continue
    const quoted = shorten(withoutAddresses(asksOutright ? withoutLeadIn(sentence) : sentence), 240)
    if (/\p{L}/u.test(quoted)) asks.push({ text: quoted, isQuestion: asksOutright, due: dueIn(sentence) })
  }
  return asks
}

export function isQuestion(sentence: string): boolean {
  return /\?["'”’»)]*$/.test(sentence)
}

/** `Two things: can you come?` asks only the second half. */
function withoutLeadIn(question: string): string {
  const colon = question.lastIndexOf(': ')
  return colon > 0 && question.length - colon > 15 ? question.slice(colon + 2) : question
}
