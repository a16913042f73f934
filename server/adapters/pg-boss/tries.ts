/**
 * Tries beyond those of the catalogue. pg-boss counts every time a job was taken; a worker that died or was stopped and
 * a database that was away say nothing about the job, so they may end it only when there is no end of them.
 */
const spareTries = 10

interface Counted {
  readonly retryCount: number
  readonly retryLimit: number
}

/** What pg-boss is told of a job that may be repeated so often after its first try. */
export function withSpareTries(retryLimit: number): number {
  return retryLimit + spareTries
}

/** Whether a further failure of the job's own ends it. */
export function isLastTry({ retryCount, retryLimit }: Counted): boolean {
  return retryCount >= retryLimit - spareTries
}

/** The repeats that are left, the spare ones anew. */
export function triesLeft({ retryCount, retryLimit }: Counted): number {
  return Math.max(retryLimit - spareTries - retryCount, 0) + spareTries
}
