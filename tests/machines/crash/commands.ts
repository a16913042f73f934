import type { Passed } from './passed.ts'
import type { Fault } from './points.ts'

/** What the machine asks of a server process of its own; each is answered once. */
export interface Commands {
  /** Starts the server, with its clock and the queue's `ahead` of the true time. */
  start(task: StartTask): Promise<{ url: string }>
  /** Runs what is due and what follows from it. */
  drain(): Promise<void>
  /** Runs what failed and waits for its repetition, without time passing. */
  retry(): Promise<void>
  /** So much time passes, then the minute's sweep runs with all it finds; answers what is still under way. */
  pass(ms: number): Promise<{ live: string[] }>
  /** What failed for good gets a new start. */
  redrive(): Promise<void>
  hasStruck(): Promise<boolean>
  /** From now on there is no fault. */
  lift(): Promise<void>
  /** The steps since the start. */
  passed(): Promise<Passed>
  /** Ends the server; the process waits for the next. */
  stop(): Promise<void>
}

export interface StartTask {
  readonly environment: Readonly<Record<string, string>>
  readonly fault: Fault | null
  readonly aheadMs: number
}

export type CommandName = keyof Commands
/** Over the process's channel. */
export interface Request {
  readonly id: number
  readonly name: CommandName
  readonly argument: unknown
}
export type Answer = { readonly id: number } & ({ readonly result: unknown } | { readonly failure: string })
