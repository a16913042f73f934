import {
  type CSSToken,
  isTokenAtKeyword,
  isTokenCDC,
  isTokenCDO,
  isTokenCloseCurly,
  isTokenOpenCurly,
  isTokenSemicolon,
  tokenize,
} from '@csstools/css-tokenizer'
import { type Declarations, declarationsOf, merge, parseDeclarations, partsOf } from './css.ts'
import { matches, parseSelectors, type Selector, type StyledElement } from './selector.ts'

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
  const rules = sheetsOf(html)
    .values()
    .flatMap((css) => rulesOf(tokenize({ css }).filter(isOfRules)))
    .take(maxRules)
    .toArray()
    .sort((a, b) => a.selector.specificity - b.selector.specificity)
  const inline = new Map<string, Declarations>()
  return {
    styleOf(path) {
      const own = path.at(-1)?.attributes['style'] ?? ''
      if (!inline.has(own)) inline.set(own, parseDeclarations(own))
      const found = rules.filter(({ selector }) => matches(selector, path))
      const last = inline.get(own) ?? new Map()
      return found.length === 0 ? last : merge([...found.flatMap(({ declarations }) => [...declarations]), ...last])
    },
  }
}

/** The `<style>` elements for a screen of any size; those inside a comment are for Outlook alone. */
function sheetsOf(html: string): string[] {
  const commentsAndSheets = /<!--[\s\S]*?(?:-->|$)|<style\b([^>]{0,500})>([\s\S]*?)(?:<\/style|$)/gi
  let room = maxLength
  return [...html.matchAll(commentsAndSheets)].flatMap(([, attributes, css = '']) => {
    const media = /\bmedia\s*=\s*["']?([^"'>]*)/i.exec(attributes ?? '')?.[1] ?? ''
    if (attributes === undefined || !isAnyScreen(media) || room === 0) return []
    const sheet = css.slice(0, room)
    room -= sheet.length
    return [sheet]
  })
}

function isAnyScreen(media: string): boolean {
  return /^(?:(?:only\s+)?(?:all|screen))?$/i.test(media.trim())
}

/** `<!--` and `-->` around a sheet hid it from the oldest browsers. */
function isOfRules(token: CSSToken): boolean {
  return !isTokenCDO(token) && !isTokenCDC(token)
}

/** The rules that hold on a screen of any size; `@media` with a condition, `@font-face` and the like are left out. */
function* rulesOf(tokens: readonly CSSToken[], isNested = false): Generator<Rule> {
  for (const part of partsOf(tokens, isEndOfRule)) {
    const open = part.findIndex(isTokenOpenCurly)
    if (open < 0) continue
    const prelude = part
      .slice(0, open)
      .map(([, text]) => text)
      .join('')
      .trim()
    const body = part.slice(open + 1, isTokenCloseCurly(part.at(-1)) ? -1 : undefined)
    const media = /^@media\b(.*)$/is.exec(prelude)?.[1]
    if (media !== undefined && isAnyScreen(media) && !isNested) yield* rulesOf(body, true)
    if (prelude.startsWith('@')) continue
    const declarations = declarationsOf(body)
    if (declarations.size === 0) continue
    for (const selector of parseSelectors(prelude)) yield { selector, declarations }
  }
}

/** The end of a block, and of a statement such as `@import url(x);`. */
function isEndOfRule(token: CSSToken, hasClosed: boolean, part: readonly CSSToken[]): boolean {
  if (isTokenCloseCurly(token)) return hasClosed
  return isTokenSemicolon(token) && isTokenAtKeyword(part[0])
}
