import type { DraftSentence, Source, UnsupportedClaim } from '../../shared-types/index.ts'
import { sentencesOf } from '../mail/sentences.ts'
import { promisesWork } from './promises.ts'
import type { ContextItem } from './state.ts'
import { unsupportedDetails } from './unsupported-details.ts'

/** A model's word on what a part of its reply stands on, by the ids of context items. */
export interface Citation {
  readonly quote: string
  readonly sources: readonly string[]
}

interface Grounds {
  readonly citations: readonly Citation[]
  /** Everything the reply was written from that a citation can name. */
  readonly context: readonly ContextItem[]
  /** What else it may rest on: the mail, earlier ones, offered times, the owner's own signature. */
  readonly texts: readonly string[]
}

/**
 * The body sentence by sentence. A citation counts where it quotes the body and names what was given; what a sentence
 * says beyond all that was given is flagged, whatever it cites.
 */
export function provenanceOf(
  body: string,
  { citations, context, texts }: Grounds,
): { sources: Source[]; sentences: DraftSentence[] } {
  const cited = citations.map(({ quote, sources }) => ({ quote: flat(quote), sources: new Set(sources) }))
  const named = new Set(cited.flatMap(({ sources }) => [...sources]))
  const used = context.filter(({ id }) => named.has(id))
  const given = [...texts, ...context.flatMap(({ label, text }) => [text, label, ...datesInWords(label)])]
  const sentences = sentencesOf(body).map((text): DraftSentence => {
    const own = cited.filter(({ quote }) => overlaps(flat(text), quote))
    const ids = new Set(own.flatMap(({ sources }) => [...sources]))
    const sources = used.flatMap(({ id }, position) => (ids.has(id) ? [position] : []))
    return { text, writtenBy: 'agent', sources, unsupported: unsupportedClaims(text, given) }
  })
  return { sources: used.map(({ source }) => source), sentences }
}

/** Details, names and promises of a sentence that stand in nothing that was given. */
export function unsupportedClaims(sentence: string, given: readonly string[]): UnsupportedClaim[] {
  const known = new Set(given.flatMap(wordsOf))
  // By its last word, which is the surname: what stands before it may be a title or a greeting.
  const names = namesIn(sentence).filter((name) => !known.has(wordsOf(name).at(-1) ?? ''))
  return [
    ...unsupportedDetails(sentence, given),
    ...names.map((text): UnsupportedClaim => ({ kind: 'name', text })),
    ...(promisesWork(sentence) ? [{ kind: 'promise' as const, text: sentence }] : []),
  ]
}

/**
 * Two capitalised words or more in a row, behind the first word of the sentence: German writes every noun so, and its
 * polite pronouns.
 */
function namesIn(sentence: string): string[] {
  const found = sentence.match(/(?<=\p{L}[,\s]{1,2})\p{Lu}[\p{Ll}\p{M}'’-]+(?: \p{Lu}[\p{Ll}\p{M}'’-]+)+/gu) ?? []
  return found.filter((name) => !/^(?:Sie|Ihnen|Ihre?[mnrs]?) [^ ]+$/.test(name))
}

function wordsOf(text: string): string[] {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/\p{L}[\p{L}\p{M}'’-]*/gu) ?? []
  )
}

/** A label tells a day as `2026-03-03`, a sentence as `3 March`. */
function datesInWords(label: string): string[] {
  return (label.match(/\b\d{4}-\d{2}-\d{2}\b/g) ?? []).flatMap((day) => {
    const date = new Date(day)
    if (Number.isNaN(date.getTime())) return []
    return locales.map((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(date))
  })
}

const locales = ['en', 'de', 'fr', 'es']

function overlaps(sentence: string, quote: string): boolean {
  return quote.length >= 4 && (sentence.includes(quote) || quote.includes(sentence))
}

/** As it is compared: however the lines are broken. */
function flat(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
