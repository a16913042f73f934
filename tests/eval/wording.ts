import { fold } from '../../server/mail/phrases.ts'

/** What both say, whatever the case, the accents, the marks and the kind of blank. */
export function holds(text: string, wanted: string): boolean {
  return plain(text).includes(plain(wanted))
}

function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ')
}

/** Words of four letters or more, by their beginnings. */
export function stemsOf(text: string): Set<string> {
  return new Set(
    fold(text)
      .trim()
      .split(' ')
      .filter((word) => word.length >= 4 || /\d/.test(word))
      .map((word) => word.slice(0, 6)),
  )
}

/** The share of the words of `wanted` that `text` has as well: 1 where it has none. */
export function overlap(wanted: string, text: string): number {
  const stems = stemsOf(wanted)
  const others = stemsOf(text)
  const shared = [...stems].filter((stem) => others.has(stem))
  return stems.size === 0 ? 1 : shared.length / stems.size
}
