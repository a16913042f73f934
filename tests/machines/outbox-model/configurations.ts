import type { GmailHabits } from './gmail-model.ts'
import type { SideEvent } from './schedule.ts'

/** A world the search walks through: how Gmail behaves, and what may happen besides crashes and lost answers. */
export interface Configuration extends GmailHabits {
  readonly meddling: readonly SideEvent[]
  /** How long after each try that failed, or whose worker is gone, the next one comes; the last one for all others. */
  readonly retriesMs: readonly number[]
  /** The owner settles what is unknown, and approves once more what was not sent. */
  readonly decidesAgain: boolean
}

const second = 1_000
const minute = 60 * second
const lapsed = 61 * second
const pastBound = 11 * minute

const usual: Configuration = {
  lagMs: 90 * second,
  keepsMessageId: false,
  keepsHeader: true,
  meddling: ['cancel'],
  retriesMs: [lapsed, 4 * minute, pastBound],
  decidesAgain: false,
}

/** The rows of protocol C in safety.md 5.2, and what it says besides. */
export const configurations = {
  /** Nothing is rewritten and nothing lags. */
  kept: { ...usual, lagMs: 0, keepsMessageId: true, meddling: ['cancel', 'redeliver'] },
  /** The thread's view lags beyond the lease, and the Message-ID is another. */
  lagging: usual,
  /** The owner deletes or rewrites the draft in Gmail meanwhile. */
  meddled: { ...usual, meddling: ['delete-draft', 'edit-draft'] },
  /** The owner makes another mail of the draft in Gmail: to somebody else, of another subject, in another thread. */
  altered: { ...usual, meddling: ['redirect-draft', 'retitle-draft', 'move-draft'] },
  /** The thread's view lags beyond the bound: nobody can know. */
  hidden: { ...usual, lagMs: 24 * 60 * minute },
  /** Gmail drops our header. */
  unmarked: { ...usual, keepsHeader: false },
  /** The owner settles what stays unknown, and approves again what was not sent. */
  resolved: {
    ...usual,
    lagMs: 24 * 60 * minute,
    meddling: ['cancel', 'delete-draft'],
    retriesMs: [lapsed, pastBound],
    decidesAgain: true,
  },
} as const satisfies Record<string, Configuration>

export type ConfigurationName = keyof typeof configurations
export const configurationNames = Object.keys(configurations) as ConfigurationName[]
