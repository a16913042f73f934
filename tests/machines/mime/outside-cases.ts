import { existsSync } from 'node:fs'
import { corpusFile, corpusFiles, corpusPath } from '../../support/corpus.ts'

/** A file of `outside` with what must come of it; its README explains the forms. */
export type OutsideCase = { readonly name: string } & (
  | { readonly kind: 'mail'; readonly raw: string; readonly labels?: string[]; readonly right: Record<string, Wanted> }
  | { readonly kind: 'thread'; readonly mails: readonly ThreadMail[]; readonly right: ThreadEnd }
  | {
      readonly kind: 'search'
      readonly mails: readonly StoredMail[]
      readonly right: Record<string, string | string[]>
    }
)

/** `open`: something of the thread waits for the owner; `closed`: nothing does; or the status of each mail. */
export type ThreadEnd = 'open' | 'closed' | readonly string[]
export type Wanted = string | number | boolean | null | Demand

export interface Demand {
  readonly contains?: string | string[]
  readonly lacks?: string | string[]
  readonly oneOf?: readonly unknown[]
  readonly not?: unknown
  readonly absent?: boolean
  readonly present?: boolean
}

interface ThreadMail {
  readonly raw: string
  readonly sent?: boolean
}

interface StoredMail {
  readonly subject: string
  readonly text: string
}

/** Raw mails are latin1: one character a byte. */
export function outsideCases(): OutsideCase[] {
  return corpusFiles('outside', '.expect.json').map(({ name, read }) => {
    const base = name.replace(/\.expect\.json$/, '')
    const { right } = JSON.parse(read().toString())
    if (existsSync(corpusPath(`${base}.eml`))) {
      const labels =
        existsSync(corpusPath(`${base}.eml.labels`)) && labelsIn(corpusFile(`${base}.eml.labels`).toString())
      return {
        name: base,
        kind: 'mail',
        raw: corpusFile(`${base}.eml`).toString('latin1'),
        ...(labels && { labels }),
        right,
      }
    }
    const { mails } = JSON.parse(corpusFile(`${base}.json`).toString())
    if (base.endsWith('/search')) return { name: base, kind: 'search', mails, right }
    const inBytes = ({ raw, sent }: ThreadMail) => ({ raw: Buffer.from(raw).toString('latin1'), sent: sent ?? false })
    return { name: base, kind: 'thread', mails: mails.map(inBytes), right }
  })
}

function labelsIn(text: string): string[] {
  return text.match(/\w+/g) ?? []
}
