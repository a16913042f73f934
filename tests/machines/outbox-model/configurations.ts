import type { GmailHabits } from './gmail-model.ts'
import type { Decision } from './schedule.ts'

/** A world the search walks through: how Gmail behaves, and what may happen besides crashes and lost answers. */
export interface Configuration extends GmailHabits {
  readonly meddling: readonly Decision[]
}

const second = 1_000
const minute = 60 * second

/** The rows of protocol C in safety.md 5.2, and what it says besides. */
export const configurations = {
  kept: { lagMs: 0, keepsMessageId: true, keepsHeader: true, meddling: ['cancel'] },
  lagging: { lagMs: 90 * second, keepsMessageId: false, keepsHeader: true, meddling: ['cancel'] },
  meddled: {
    lagMs: 90 * second,
    keepsMessageId: false,
    keepsHeader: true,
    meddling: ['cancel', 'delete-draft', 'edit-draft'],
  },
  lost: { lagMs: 24 * 60 * minute, keepsMessageId: false, keepsHeader: true, meddling: ['cancel'] },
} as const satisfies Record<string, Configuration>

export type ConfigurationName = keyof typeof configurations
export const configurationNames = Object.keys(configurations) as ConfigurationName[]
