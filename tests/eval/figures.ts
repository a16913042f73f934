/** Precision, recall and their harmonic mean; each null where nothing was to be counted. */
export interface Rates {
  readonly precision: number | null
  readonly recall: number | null
  readonly f1: number | null
}

/** Of `found` so many are `right`, of `wanted` so many. */
export function rates({ right, found, wanted }: { right: number; found: number; wanted: number }): Rates {
  const f1 = found + wanted === 0 ? null : (2 * right) / (found + wanted)
  return { precision: share(right, found), recall: share(right, wanted), f1: rounded(f1) }
}

/** The same of yes and no, a pair a case. */
export function ratesOf(cases: readonly { readonly said: boolean; readonly is: boolean }[]): Rates {
  return rates({
    right: cases.filter(({ said, is }) => said && is).length,
    found: cases.filter(({ said }) => said).length,
    wanted: cases.filter(({ is }) => is).length,
  })
}

/** The mean of the F1 of each label that is there, each counting the same. */
export function macroF1(cases: readonly { readonly said: string; readonly is: string }[]): number | null {
  const labels = [...new Set(cases.map(({ is }) => is))]
  return mean(
    labels.map((label) => ratesOf(cases.map(({ said, is }) => ({ said: said === label, is: is === label }))).f1 ?? 0),
  )
}

/** With four digits; null of nothing. */
export function share(part: number, whole: number): number | null {
  return whole === 0 ? null : rounded(part / whole)
}

export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : rounded(values.reduce((sum, value) => sum + value, 0) / values.length)
}

/** The smallest value that so large a share of all does not exceed. */
export function quantile(values: readonly number[], at: number): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(at * sorted.length) - 1)] ?? null
}

/** To four digits. */
export function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toFixed(4))
}
