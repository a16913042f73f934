import type { Reason } from '../../shared-types/index.ts'

/** Their sentences, as a person reads them. */
export function textsOf(reasons: readonly Reason[]): string[] {
  return reasons.map(({ text }) => text)
}
