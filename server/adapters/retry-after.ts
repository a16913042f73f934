/** A longer wait is not believed. */
export const longestWaitMs = 24 * 3_600_000

/** What a Retry-After header says, in seconds or as a date; undefined where it says neither. */
export function readRetryAfter(value: string | null | undefined, now: Date): Date | undefined {
  const text = value?.trim() ?? ''
  const asked = /^\d+$/.test(text) ? now.getTime() + Number(text) * 1_000 : Date.parse(text)
  return Number.isNaN(asked) ? undefined : new Date(Math.min(asked, now.getTime() + longestWaitMs))
}
