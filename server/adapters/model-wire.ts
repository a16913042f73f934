// What the adapters of language models share.

interface Deadline {
  readonly caller: AbortSignal
  readonly timeoutMs: number
}

/** One question under the caller's signal and a deadline of its own. `toError` is told which of the two has ended it. */
export async function withinDeadline<T>(
  { caller, timeoutMs }: Deadline,
  request: (signal: AbortSignal) => Promise<T>,
  toError: (error: unknown, signals: { caller: AbortSignal; deadline: AbortSignal }) => Error,
): Promise<T> {
  // The clients' own timeouts, and AbortSignal.timeout, keep their timer after the answer.
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(), timeoutMs)
  const either = AbortSignal.any([caller, deadline.signal])
  try {
    // Clients listen for aborts to come: one that came before would be lost.
    either.throwIfAborted()
    return await request(either)
  } catch (error) {
    throw toError(error, { caller, deadline: deadline.signal })
  } finally {
    clearTimeout(timer)
  }
}

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
