/** Names of steps in order, as often as they came. What failed has begun and not ended. */
export interface Passed {
  readonly begun: readonly string[]
  readonly ended: readonly string[]
}
