/** Lower case without accents, words parted by one blank, a blank at both ends: what phrases are looked up in. */
export function fold(text: string): string {
  const letters = text
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .replaceAll('ß', 'ss')
  return ` ${letters.replaceAll(/[^\p{L}\p{N}$€£%]+/gu, ' ').trim()} `
}

/**
 * A list as it is written down: parted by commas, over as many lines as it takes. A star at the end of a phrase stands
 * for any ending.
 */
export function phrases(list: string): string[] {
  return list.split(',').map((phrase) => phrase.trim().replaceAll(/\s+/g, ' '))
}

/** The phrases a folded text holds, each once, as they stand in the list. */
export function findPhrases(folded: string, wanted: readonly string[]): string[] {
  return wanted.filter((phrase) => folded.includes(needle(phrase)))
}

/** Whether a folded text holds one of them. */
export function hasPhrase(folded: string, wanted: readonly string[]): boolean {
  return wanted.some((phrase) => folded.includes(needle(phrase)))
}

const needles = new Map<string, string>()

function needle(phrase: string): string {
  const known = needles.get(phrase)
  if (known !== undefined) return known
  const folded = phrase.endsWith('*') ? fold(phrase).trimEnd() : fold(phrase)
  needles.set(phrase, folded)
  return folded
}
