/** A test that shows a requirement. */
export interface Shown {
  readonly file: string
  readonly title: string
  /** The title is that of a `test.each`: it stands for every test whose title fits around its placeholders. */
  readonly isEach: boolean
}

export interface Requirement {
  /** Of OWASP ASVS 5.0, whose own words are not repeated here. */
  readonly id: string
  readonly holds: string
  readonly shownBy: readonly Shown[]
  /** What is not built yet needs no test yet. */
  readonly isPending: boolean
}

/** A title as it stands before `test.each`. */
export interface EachTitle {
  readonly each: string
}

export const each = (title: string): EachTitle => ({ each: title })

/** Tests of one file below tests/. */
export function of(file: string, ...titles: readonly (string | EachTitle)[]): Shown[] {
  return titles.map((title) => ({
    file: `tests/${file}.test.ts`,
    title: typeof title === 'string' ? title : title.each,
    isEach: typeof title !== 'string',
  }))
}

export function must(id: string, holds: string, ...shownBy: readonly Shown[][]): Requirement {
  return { id, holds, shownBy: shownBy.flat(), isPending: false }
}

export function later(id: string, holds: string): Requirement {
  return { id, holds, shownBy: [], isPending: true }
}

/** Whether the title of a test that ran is this one. */
export function fits({ title, isEach }: Shown, ran: string): boolean {
  if (!isEach) return ran === title
  const [start = '', ...parts] = title.split(/%[sdifjo]|\$\w+/)
  if (!ran.startsWith(start)) return false
  let at = start.length
  for (const [index, part] of parts.entries()) {
    // The last part is the end of the title, and nothing comes after it.
    const found = index === parts.length - 1 ? ran.length - part.length : ran.indexOf(part, at)
    if (found < at || !ran.startsWith(part, found)) return false
    at = found + part.length
  }
  return at === ran.length
}

/** Where there is no native server these do not run. */
export function needsServer({ file }: Shown): boolean {
  return file.endsWith('.native.test.ts')
}
