/** What the doctor found in one matter; `warning` works but should be known, `problem` stops something that is wanted. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'problem'
  readonly matter: string
  readonly detail: string
}

export const ok = (matter: string, detail: string): Finding => ({ level: 'ok', matter, detail })
export const warning = (matter: string, detail: string): Finding => ({ level: 'warning', matter, detail })
export const problem = (matter: string, detail: string): Finding => ({ level: 'problem', matter, detail })

/** Whether a dotted version comes before another: 0.8.2 before 0.8.10. */
export function isBefore(version: string, other: string): boolean {
  return version.localeCompare(other, 'en', { numeric: true }) < 0
}
