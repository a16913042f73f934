import { sql } from 'kysely'
import { gramsOf, type SearchWord, searchWords } from '../../mail/search-words.ts'

/** No search can name a longer one. */
const maxWord = 200
/** PostgreSQL stores at most 1 MB a mail, keeps so many places of a word, and counts them up to so many. */
const maxBytes = 900_000
const maxPlaces = 255
const lastPlace = 16_382
/** Of scripts without blanks: more characters than this are kept as pairs alone. */
const maxDense = 10_000
const longestGram = 5
/** Found in mail that is kept as pairs alone. */
const onlyPairs = '…'

type Weight = 'A' | 'B' | 'C'

/** What a mail is found by: the words of its subject, sender and text, each with its places. */
export function searchVector(email: { subject: string; from: { name: string; address: string }; text: string }) {
  return sql<string>`${vectorOf(email)}::tsvector`
}

/** As `searchVector`, as the text of it. */
export function vectorOf({ subject, from, text }: Parameters<typeof searchVector>[0]): string {
  const parts: [Weight, SearchWord[]][] = [
    ['A', searchWords(subject.slice(0, 1_000))],
    ['B', searchWords(`${from.name} ${from.address}`.slice(0, 1_000))],
    ['C', searchWords(text.slice(0, 100_000))],
  ]
  const runs = parts.flatMap(([, words]) => words.filter(({ isRun }) => isRun))
  const isLong = runs.reduce((sum, run) => sum + run.text.length, 0) > maxDense
  const places = new Map<string, string[]>()
  let bytes = 0
  let isCut = isLong
  let start = 1
  const note = (term: string, place: number, weight: Weight) => {
    const known = places.get(term)
    bytes += known ? 2 : 3 * term.length + 8
    if (place > lastPlace || known?.length === maxPlaces || bytes > maxBytes) isCut = true
    else if (known) known.push(`${place}${weight}`)
    else places.set(term, [`${place}${weight}`])
    if (!known && place > lastPlace && bytes <= maxBytes) places.set(term, [`${lastPlace}${weight}`])
  }
  for (const [weight, words] of parts) {
    for (const word of words) {
      const terms = isLong ? shortTerms(word) : [...shortTerms(word), ...longTerms(word)]
      for (const [term, offset] of terms) note(term, start + offset, weight)
      start += word.isRun ? word.text.length : 1
    }
  }
  if (isCut) places.set(onlyPairs, ['1'])
  return Array.from(places, ([term, at]) => `'${term}':${at.join(',')}`).join(' ')
}

/** Each with its place in the word. One character alone is looked for as the beginning of a pair: the last is one, too. */
function shortTerms({ text, isRun }: SearchWord): [string, number][] {
  if (!isRun) return text.length > maxWord ? [] : [[text, 0]]
  const [last = ''] = gramsOf(text.slice(-2), 1).slice(-1)
  return [...gramsOf(text, 2), last].map((term, place) => [term, place])
}

/**
 * A word of up to five characters is one term, of which the database knows how frequent it is; of several it would
 * think that they meet by chance, and walk the wrong index.
 */
function longTerms({ text, isRun }: SearchWord): [string, number][] {
  if (!isRun) return []
  return [3, 4, longestGram].flatMap((length) =>
    gramsOf(text, length).map((term, place): [string, number] => [term, place]),
  )
}

/**
 * The person's words as a text search: every word must occur, the last may be the beginning of one.
 * Punctuation means nothing here, so `%`, `_`, quotes and `o'neil` are plain text. With `hasOld` mail that still has the
 * words of before 0019 is found as well; without it the database knows far better how much mail there will be.
 */
export function searchQuery(words: string, { hasOld }: { hasOld: boolean }) {
  const wanted = searchWords(words)
  const query = wanted.map((word, index) => conditionOf(word, index === wanted.length - 1)).join(' & ')
  if (!hasOld) return sql<string>`${query}::tsquery`
  const old = words.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  const oldQuery = old.map((word, index) => (index === old.length - 1 ? `'${word}':*` : `'${word}'`)).join(' & ')
  return withOld(query, oldQuery)
}

/** Words worth looking for, any of which may occur; null when there are none. */
export function anyWordQuery(words: readonly string[]) {
  const terms = words.flatMap((word) => searchWords(word)).flatMap((word) => shortTerms(word).map(([term]) => term))
  if (terms.length === 0) return null
  const anyOf = (list: readonly string[]) => list.map((word) => `'${word}'`).join(' | ')
  return withOld(anyOf([...new Set(terms)].slice(0, 100)), anyOf(words))
}

/** Mail that was stored before 0019 is found by its old words until `refill-search` has reached it. */
function withOld(query: string, oldQuery: string) {
  if (/^[ -~]*$/.test(query) && query === oldQuery.toLowerCase()) return sql<string>`${query}::tsquery`
  return sql<string>`(${query}::tsquery || to_tsquery('simple', ${oldQuery}))`
}

function conditionOf({ text, isRun }: SearchWord, isLast: boolean): string {
  if (!isRun) return `'${text.slice(0, maxWord + 1)}'${isLast ? ':*' : ''}`
  const quoted = (length: number) => gramsOf(text, length).map((gram) => `'${gram}'`)
  const pairs = quoted(2)
  if (pairs.length === 0) return `'${text}':*`
  if (pairs.length === 1) return pairs.join()
  const exact = quoted(Math.min(pairs.length + 1, longestGram))
  return `(${exact.join(' <-> ')} | '${onlyPairs}' & ${pairs.join(' & ')})`
}
