import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '../../../..')

/** What names the owner in a query, and what stands there instead when it is taken out. */
const kinds = [
  { text: /\.where\('(?:\w+\.)?(?:userId|id)', '=', userId\)/g, instead: '' },
  { text: /\.(?:onRef|whereRef)\('(?:\w+\.)?userId', '=', '(?:\w+\.)?userId'\)/g, instead: '' },
  { text: /(?<=\.innerJoin\('\w+', )'\w+\.(?:userId|id)', '\w+\.userId'/g, instead: '(join) => join.onTrue()' },
  { text: /\$\{sql\.ref\(`\$\{table\}\.user_id`\)\} = \$\{userId\}/g, instead: 'true' },
  { text: /(?:\w+\.)?user_id = (?:\$\{userId\}|\w+\.user_id)/g, instead: 'true' },
] as const

/** One place where a query names its owner. */
export interface OwnerFilter {
  readonly name: string
  /** From the root of the repository. */
  readonly file: string
  /** The function it stands in. */
  readonly of: string
  readonly at: number
  readonly text: string
  readonly instead: string
}

export function ownerFilters(): OwnerFilter[] {
  return queryFiles().flatMap((file) => {
    const source = readFileSync(join(root, file), 'utf8')
    const found = kinds.flatMap(({ text, instead }) =>
      [...source.matchAll(text)].map(({ index, 0: text }) => ({
        file,
        of: functionAt(source, index),
        at: index,
        text,
        instead,
      })),
    )
    const times = new Map<string, number>()
    return found
      .toSorted((one, other) => one.at - other.at)
      .map((filter) => {
        const name = `${file.slice('server/db/'.length)} ${filter.of} ${filter.text}`
        const time = (times.get(name) ?? 0) + 1
        times.set(name, time)
        return { ...filter, name: time === 1 ? name : `${name} (${time})` }
      })
  })
}

/** The exported functions that take an owner behind the database, each as `file name`. */
export function ownersFunctions(): string[] {
  const declared =
    /^export (?:async )?function (\w+)(?:<[^(]*>)?\(\s*\w+: (?:Kysely|Transaction)<DB>,\s*userId: string/gm
  return queryFiles().flatMap((file) => {
    const source = readFileSync(join(root, file), 'utf8')
    return [...source.matchAll(declared)].map(([, name]) => `${file.slice('server/db/'.length, -'.ts'.length)} ${name}`)
  })
}

function queryFiles(): string[] {
  return globSync('server/db/**/*.ts', { cwd: root }).toSorted()
}

function functionAt(source: string, at: number): string {
  return [...source.slice(0, at).matchAll(/^(?:export )?(?:async )?function (\w+)/gm)].at(-1)?.[1] ?? ''
}
