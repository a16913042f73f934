import { sql } from 'kysely'

/**
 * The person's words as a text search: every word must occur, the last may be the beginning of one.
 * Punctuation means nothing here, so `%`, `_`, quotes and `o'neil` are plain text.
 */
export function searchQuery(words: string) {
  const lexemes = words.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  const query = lexemes.map((word, index) => (index === lexemes.length - 1 ? `'${word}':*` : `'${word}'`)).join(' & ')
  return sql<string>`to_tsquery('simple', ${query})`
}

/** Words worth looking for, any of which may occur; null when there are none. */
export function anyWordQuery(words: readonly string[]) {
  if (words.length === 0) return null
  return sql<string>`to_tsquery('simple', ${words.map((word) => `'${word}'`).join(' | ')})`
}
