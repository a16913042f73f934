import { type Declaration, type Declarations, parseDeclarations, withoutComments } from './css.ts'
import { matches, parseSelector, type Selector, type StyledElement } from './selector.ts'

interface Rule {
  readonly selector: Selector
  readonly declarations: Declarations
}

/** What the `<style>` elements of a mail say of an element. */
export interface Stylesheet {
  /** For the last element of the path; its own `style` is among them and wins where a browser lets it. */
  styleOf(path: readonly StyledElement[]): Declarations
}

const maxLength = 200_000
const maxRules = 2_000

export function parseStylesheet(html: string): Stylesheet {
  const css = withoutComments(sheetsOf(html).join('\n').slice(0, maxLength)).replace(/<!--|-->/g, ' ')
  const rules = rulesOf(css).sort((a, b) => a.selector.specificity - b.selector.specificity)
  const inline = new Map<string, Declarations>()
  return {
    styleOf(path) {
      const own = path.at(-1)?.attributes['style'] ?? ''
      if (!inline.has(own)) inline.set(own, parseDeclarations(own))
      const found = rules.filter(({ selector }) => matches(selector, path)).map(({ declarations }) => declarations)
      return found.length === 0 ? (inline.get(own) ?? new Map()) : merge([...found, inline.get(own) ?? new Map()])
    },
  }
}

/** The `<style>` elements for a screen of any size; those inside a comment are for Outlook alone. */
function sheetsOf(html: string): string[] {
  const commentsAndSheets = /<!--[\s\S]*?(?:-->|$)|<style\b([^>]{0,500})>([\s\S]*?)(?:<\/style|$)/gi
  return [...html.matchAll(commentsAndSheets)].flatMap(([, attributes, css = '']) => {
    const media = /\bmedia\s*=\s*["']?([^"'>]*)/i.exec(attributes ?? '')?.[1] ?? ''
    return attributes !== undefined && isAnyScreen(media) ? [css] : []
  })
}

function isAnyScreen(media: string): boolean {
  return /^(?:(?:only\s+)?(?:all|screen))?$/i.test(media.trim())
}

/** Later ones win over earlier ones, important ones over all that are not. */
function merge(all: readonly Declarations[]): Declarations {
  const merged = new Map<string, Declaration>()
  for (const [property, declaration] of all.flatMap((declarations) => [...declarations])) {
    if (declaration.isImportant || !merged.get(property)?.isImportant) merged.set(property, declaration)
  }
  return merged
}

/** The rules that hold on a screen of any size; `@media` with a condition, `@font-face` and the like are left out. */
function rulesOf(css: string, isNested = false): Rule[] {
  const rules: Rule[] = []
  for (const { prelude, body } of blocksOf(css)) {
    if (rules.length >= maxRules) break
    const media = /^@media\b(.*)$/is.exec(prelude)?.[1]
    if (media !== undefined && isAnyScreen(media) && !isNested) rules.push(...rulesOf(body, true))
    if (prelude.startsWith('@')) continue
    const declarations = parseDeclarations(body)
    if (declarations.size === 0) continue
    const selectors = prelude.split(',').flatMap((text) => parseSelector(text) ?? [])
    rules.push(...selectors.map((selector) => ({ selector, declarations })))
  }
  return rules
}

/** `prelude { body }`, braces inside the body balanced. */
function* blocksOf(css: string): Generator<{ prelude: string; body: string }> {
  const braces = /[{}]/g
  let start = 0
  for (let open = css.indexOf('{'); open >= 0; open = css.indexOf('{', start)) {
    braces.lastIndex = open
    let depth = 0
    let end = css.length
    for (let brace = braces.exec(css); brace; brace = braces.exec(css)) {
      depth += brace[0] === '{' ? 1 : -1
      if (depth > 0) continue
      end = brace.index
      break
    }
    // A statement such as `@import url(x);` stands before the rule that follows it.
    const prelude = css.slice(start, open)
    yield {
      prelude: prelude
        .slice(prelude.lastIndexOf(';') + 1)
        .replaceAll('}', ' ')
        .trim(),
      body: css.slice(open + 1, end),
    }
    start = end + 1
  }
}
