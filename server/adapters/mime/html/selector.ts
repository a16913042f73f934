import { AttributeAction, type AttributeSelector, parse, type Selector as Part, SelectorType } from 'css-what'

// css-what reads selectors. css-select would match them too, but in steps that grow with the depth to the power of the
// compounds, and it asks for a tree where this follows a parser.

/** An element as far as selectors ask for it. */
export interface StyledElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly classes: readonly string[]
}

interface Compound {
  readonly name: string | null
  /** Classes and ids are among them. */
  readonly attributes: readonly AttributeSelector[]
  /** Right inside what the compound before it stands for (`>`), not only somewhere inside. */
  readonly isChild: boolean
}

/** Compounds from the outermost to the element itself. */
export interface Selector {
  readonly compounds: readonly Compound[]
  readonly specificity: number
}

const maxCompounds = 8

/**
 * The selectors before a rule's body. One that is not understood (`:not`, siblings, states) counts for nothing, and so do
 * all when one cannot be read, as browsers have it.
 */
export function parseSelectors(text: string): Selector[] {
  try {
    return parse(text).flatMap((parts) => {
      const compounds = compoundsOf(parts)
      return compounds ? [{ compounds, specificity: specificityOf(compounds) }] : []
    })
  } catch {
    return []
  }
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

function matchesElement(compound: Compound, element: StyledElement): boolean {
  return (
    (compound.name === null || compound.name === element.name) &&
    compound.attributes.every((wanted) => matchesAttribute(wanted, element))
  )
}

function matchesAttribute({ name, action, value }: AttributeSelector, { attributes, classes }: StyledElement): boolean {
  const given = attributes[name]
  if (given === undefined) return false
  switch (action) {
    case AttributeAction.Exists:
      return true
    case AttributeAction.Equals:
      return given === value
    case AttributeAction.Element:
      return (name === 'class' ? classes : given.split(/\s+/)).includes(value)
    case AttributeAction.Hyphen:
      return given === value || given.startsWith(`${value}-`)
    case AttributeAction.Start:
      return value !== '' && given.startsWith(value)
    case AttributeAction.End:
      return value !== '' && given.endsWith(value)
    case AttributeAction.Any:
      return value !== '' && given.includes(value)
    case AttributeAction.Not:
      return false
  }
}

/** Null for what is not understood. */
function compoundsOf(parts: readonly Part[]): Compound[] | null {
  const compounds: Compound[] = []
  for (let start = 0; start <= parts.length;) {
    const combinator = parts.findIndex((part, index) => index >= start && isCombinator(part))
    const end = combinator < 0 ? parts.length : combinator
    const compound = compoundOf(parts.slice(start, end), parts[start - 1]?.type === SelectorType.Child)
    if (!compound || compounds.length === maxCompounds) return null
    compounds.push(compound)
    start = end + 1
  }
  return compounds
}

function isCombinator({ type }: Part): boolean {
  return type === SelectorType.Descendant || type === SelectorType.Child
}

function compoundOf(parts: readonly Part[], isChild: boolean): Compound | null {
  if (parts.length === 0) return null
  let name: string | null = null
  const attributes: AttributeSelector[] = []
  for (const part of parts) {
    if (part.type === SelectorType.Tag) name = part.name.toLowerCase()
    else if (part.type === SelectorType.Attribute) attributes.push({ ...part, name: part.name.toLowerCase() })
    else if (part.type === SelectorType.Pseudo && !/^(?:link|visited|any-link|root)$/.test(part.name)) return null
    else if (part.type !== SelectorType.Pseudo && part.type !== SelectorType.Universal) return null
  }
  return { name, attributes, isChild }
}

function specificityOf(compounds: readonly Compound[]): number {
  return compounds.reduce(
    (sum, { attributes, name }) =>
      sum + (name === null ? 0 : 1) + attributes.reduce((all, one) => all + (isId(one) ? 10_000 : 100), 0),
    0,
  )
}

/** `#x` means `[id=x]` and outranks it; only the shorter form lets pages without a doctype differ in case. */
function isId({ name, action, ignoreCase }: AttributeSelector): boolean {
  return name === 'id' && action === AttributeAction.Equals && ignoreCase === 'quirks'
}
