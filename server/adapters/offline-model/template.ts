import type { ContextFacts } from '../../model-question.ts'
import { shorten } from './text.ts'

export interface Filled {
  readonly text: string
  /** Names of the variables nobody could fill. */
  readonly open: readonly string[]
}

/** Fills `{{variables}}`; one without a value stays as `[variable]`, for the owner to see. */
export function fillTemplate(template: string, values: Readonly<Record<string, string | undefined>>): Filled {
  const open = new Set<string>()
  const known = new Map(Object.entries(values).map(([name, value]) => [plain(name), value]))
  const text = template
    .slice(0, 10_000)
    .replaceAll(/\{\{ ?([\p{L}\p{N}_. -]{1,60}?) ?\}\}/gu, (_whole, name: string) => {
      const value = known.get(plain(name))
      if (value !== undefined) return value
      open.add(name)
      return `[${name}]`
    })
  return { text: text.trim(), open: [...open].map((name) => shorten(name, 60)) }
}

export function firstTemplate(context: readonly ContextFacts[]): ContextFacts | undefined {
  return context.find(({ kind, text, audience }) => kind === 'template' && text.trim() !== '' && audience !== 'owner')
}

/** `first_name`, `First name` and `firstName` are one. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[_. -]/g, '')
}
