import type { Answer } from './http-call.ts'

/** The answers of a while. */
export interface Answers {
  add(answer: Answer): void
  readonly count: number
  /** 200, and 409: what was asked for is not possible any more, which another request or a run has made so. */
  readonly served: number
  /** 429, and 503 that says when to come again. */
  readonly turnedAway: number
  /** By status, or by the error where no answer came. */
  readonly broken: Readonly<Record<string, number>>
  readonly brokenCount: number
  /** The time in ms that this share of the served answers took at most. */
  quantile(share: number): number
}

export function collectAnswers(): Answers {
  const times: number[] = []
  const broken: Record<string, number> = {}
  let count = 0
  let turnedAway = 0
  let brokenCount = 0
  return {
    add({ status, ms, hasRetryAfter }) {
      count += 1
      if (status === 200 || status === 409) times.push(ms)
      else if (status === 429 || (status === 503 && hasRetryAfter)) turnedAway += 1
      else {
        broken[status] = (broken[status] ?? 0) + 1
        brokenCount += 1
      }
    },
    get count() {
      return count
    },
    get served() {
      return times.length
    },
    get turnedAway() {
      return turnedAway
    },
    broken,
    get brokenCount() {
      return brokenCount
    },
    quantile(share) {
      const sorted = times.toSorted((a, b) => a - b)
      return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
    },
  }
}
