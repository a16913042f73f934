/** An element as far as selectors ask for it. */
export interface StyledElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly classes: readonly string[]
}

interface Compound {
  readonly name: string | null
  readonly ids: readonly string[]
  readonly classes: readonly string[]
  readonly attributes: readonly { name: string; operator: string; value: string }[]
  /** Right inside what the compound before it stands for (`>`), not only somewhere inside. */
  readonly isChild: boolean
}

/** Compounds from the outermost to the element itself. */
export interface Selector {
  readonly compounds: readonly Compound[]
  readonly specificity: number
}

const maxCompounds = 8
const compoundPattern = /^(\*|[a-z][\w-]*)?((?:[.#][\w-]+|\[[^\]]{1,200}\]|:(?:link|visited|any-link|root))*)$/i

/** Null for what is not understood (`:not`, siblings, states): such a rule counts for nothing. */
export function parseSelector(text: string): Selector | null {
  const words = text.trim().replaceAll('>', ' > ').split(/\s+/)
  if (words.length > 2 * maxCompounds) return null
  const compounds: Compound[] = []
  for (const [index, word] of words.entries()) {
    if (word === '>') continue
    const compound = parseCompound(word, words[index - 1] === '>')
    if (!compound) return null
    compounds.push(compound)
  }
  return compounds.length > 0 ? { compounds, specificity: specificityOf(compounds) } : null
}

/** Whether the last of the path, an element inside the others, is meant. Takes path x compounds steps at most. */
export function matches({ compounds }: Selector, path: readonly StyledElement[]): boolean {
  const [last, element] = [compounds.at(-1), path.at(-1)]
  if (!last || !element || !matchesElement(last, element)) return false
  // Bit n: the first n compounds stand for elements, the last of them this one, or one outside this one.
  let here = 0
  let outside = 1
  for (const step of path) {
    let found = 0
    for (const [index, compound] of compounds.entries()) {
      const before = compound.isChild ? here : outside
      if (before & (1 << index) && matchesElement(compound, step)) found |= 1 << (index + 1)
    }
    outside |= found
    here = found
  }
  return (here & (1 << compounds.length)) !== 0
}

function matchesElement(compound: Compound, { name, attributes, classes }: StyledElement): boolean {
  return (
    (compound.name === null || compound.name === name) &&
    compound.ids.every((id) => attributes['id'] === id) &&
    compound.classes.every((wanted) => classes.includes(wanted)) &&
    compound.attributes.every((wanted) => matchesAttribute(wanted, attributes[wanted.name]))
  )
}

function matchesAttribute({ operator, value }: { operator: string; value: string }, given: string | undefined) {
  if (given === undefined) return false
  if (operator === '') return true
  if (operator === '=') return given === value
  if (operator === '^=') return given.startsWith(value)
  if (operator === '$=') return given.endsWith(value)
  if (operator === '~=') return given.split(/\s+/).includes(value)
  return given.includes(value)
}

function parseCompound(word: string, isChild: boolean): Compound | null {
  const [, name, rest = ''] = compoundPattern.exec(word) ?? []
  if (name === undefined && rest === '') return null
  const attributes = [...rest.matchAll(/\[\s*([\w-]+)\s*([~^$*|]?=)?\s*["']?([^\]"']*)["']?\s*\]/g)]
  const plain = rest.replace(/\[[^\]]{1,200}\]/g, '')
  return {
    name: name === undefined || name === '*' ? null : name.toLowerCase(),
    ids: [...plain.matchAll(/#([\w-]+)/g)].map(([, id = '']) => id),
    classes: [...plain.matchAll(/\.([\w-]+)/g)].map(([, wanted = '']) => wanted),
    attributes: attributes.map(([, key = '', operator = '', value = '']) => ({
      name: key.toLowerCase(),
      operator,
      value,
    })),
    isChild,
  }
}

function specificityOf(compounds: readonly Compound[]): number {
  return compounds.reduce(
    (sum, { ids, classes, attributes, name }) =>
      sum + 10_000 * ids.length + 100 * (classes.length + attributes.length) + (name === null ? 0 : 1),
    0,
  )
}
