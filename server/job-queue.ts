import type { Transaction } from 'kysely'
import type { DB } from './db/engine/schema.ts'
import type { JobName, JobPayload } from './jobs/catalog.ts'

/** The queue as the product sees it: a port of `ports.ts`, on a page of its own. */
export interface JobQueue {
  /**
   * Joins the caller's transaction: a rollback takes the job with it. Answers the job's id. One that can wait lets all
   * go first that somebody waits for.
   */
  enqueue<N extends JobName>(
    trx: Transaction<DB>,
    name: N,
    payload: JobPayload<N>,
    when?: { startAfter?: Date; canWait?: boolean },
  ): Promise<string>
  /** The owner's jobs of this name that wait for a later moment become due now. */
  makeDueNow(trx: Transaction<DB>, name: JobName, userId: string): Promise<void>
  /** The owner's jobs are gone, whatever their state: waiting, at work, done or dead. */
  deleteOf(trx: Transaction<DB>, userId: string): Promise<void>
  /** Starts to work: hands every job that is due to `run`. */
  work(run: RunJob): Promise<void>
  /** Runs all that is due now and what follows from it; for tests and tools, never beside `work`. Answers the number run. */
  drain(run: RunJob): Promise<number>
  /** How it stands with the queue, over all processes; throws when it cannot be reached. */
  check(): Promise<QueueState>
  /** What failed for good, oldest first, with the last error. */
  deadLetters(limit: number): Promise<DeadLetter[]>
  /** Gives dead letters a new start, all or the named ones, 1,000 at most; answers how many. What waits already stays. */
  redrive(which: { ids?: readonly string[]; job?: string }): Promise<number>
}

/** A job whose time has come, as the queue hands it out. */
export interface DueJob {
  readonly id: string
  readonly name: JobName
  /** What was enqueued, as JSON. */
  readonly data: unknown
  /** W3C traceparent of what enqueued it. */
  readonly cause: string | undefined
  /** How often it was tried before. */
  readonly tries: number
  /** A failure of its own ends it. */
  readonly isLastTry: boolean
  /** Aborts when its time is up or the process is told to stop. */
  readonly signal: AbortSignal
}

/** `failed` is retried after a pause, `dead` is kept for a person, `postponed` is run again then and keeps its tries. */
export type JobEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed' | 'dead'; readonly reason: string }
  | { readonly kind: 'postponed'; readonly waitMs: number; readonly reason: string }

/** Runs one job; never throws. */
export type RunJob = (job: DueJob) => Promise<JobEnd>

export interface QueueState {
  /** Jobs that failed for good and that nobody has given a new start, by name; 1,000 in all stand for more. */
  readonly deadLetters: Readonly<Record<string, number>>
  /** How long the oldest of each name whose time has come waits to be begun; nothing where none waits. */
  readonly oldestDueSeconds: Readonly<Record<string, number>>
  readonly hasWorker: boolean
}

/** A job whose last try failed. */
export interface DeadLetter {
  readonly id: string
  readonly job: string
  readonly payload: object
  readonly tries: number
  readonly reason: string
  readonly failedAt: Date
}
