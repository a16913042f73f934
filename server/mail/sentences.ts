const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' })

/** The sentences of a text as they stand, in order; a line that breaks off ends one as well (Unicode TR 29). */
export function sentencesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .flatMap((line) => Array.from(segmenter.segment(line), ({ segment }) => segment.trim()))
    .filter((sentence) => sentence !== '')
}
