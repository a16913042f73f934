/** What the doctor found in one matter; `warning` works but should be known, `problem` stops something that is wanted. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'problem'
  readonly matter: string
  readonly detail: string
  /** What to do about it; null where nothing is wrong. */
  readonly fix: string | null
}

export const ok = (matter: string, detail: string): Finding => ({ level: 'ok', matter, detail, fix: null })
export const warning = (matter: string, detail: string, fix: string): Finding => ({
  level: 'warning',
  matter,
  detail,
  fix,
})
export const problem = (matter: string, detail: string, fix: string): Finding => ({
  level: 'problem',
  matter,
  detail,
  fix,
})

/** A line a finding, its fix below it. */
export function toTable(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ matter }) => matter.length))
  const indent = ' '.repeat('problem  '.length + width)
  return findings
    .flatMap(({ level, matter, detail, fix }) => [
      `${level.padEnd('problem'.length)}  ${matter.padEnd(width)}  ${detail}`,
      ...(fix === null ? [] : [`${indent}  -> ${fix}`]),
    ])
    .join('\n')
}

/** Whether a dotted version comes before another: 0.8.2 before 0.8.10. */
export function isBefore(version: string, other: string): boolean {
  return version.localeCompare(other, 'en', { numeric: true }) < 0
}

/** How long ago or how much, in the largest unit that fits. */
export function inWords(ms: number): string {
  const [count, unit] =
    units.map(([name, length]) => [Math.floor(ms / length), name] as const).find(([number]) => number >= 2) ??
    ([Math.max(0, Math.round(ms / 1_000)), 'seconds'] as const)
  return `${count} ${unit}`
}

const units = [
  ['days', 86_400_000],
  ['hours', 3_600_000],
  ['minutes', 60_000],
] as const
