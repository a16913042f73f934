// What the adapters of language models share.

/** An answer beyond it is read no further. */
export const maxAnswerBytes = 200_000

export function withoutFence(text: string): string {
  const opening = /^```(?:json)?\s/i.exec(text)
  return opening && text.endsWith('```') ? text.slice(opening[0].length, -3) : text
}

/** Of every vector that is kept. */
export const dimensions = 768

/** About four characters of an alphabet make a token; of other scripts, every character may be one. */
export function withinTokens(text: string, maxTokens: number): string {
  let quarters = maxTokens * 4
  let end = 0
  while (end < text.length && quarters > 0) {
    quarters -= text.charCodeAt(end) < 0x250 ? 1 : 4
    end += 1
  }
  return text.slice(0, end).toWellFormed().trim()
}

/** The same direction at length 1; undefined where there is none. */
export function normalised(values: readonly number[]): number[] | undefined {
  const norm = Math.hypot(...values)
  return norm > 0 && Number.isFinite(norm) ? values.map((value) => value / norm) : undefined
}
