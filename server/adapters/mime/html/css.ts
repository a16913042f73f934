import {
  type CSSToken,
  isTokenCloseCurly,
  isTokenColon,
  isTokenComment,
  isTokenDimension,
  isTokenFunction,
  isTokenHash,
  isTokenIdent,
  isTokenSemicolon,
  isTokenURL,
  isTokenWhiteSpaceOrComment,
  tokenize,
  TokenType,
} from '@csstools/css-tokenizer'

// Not css-tree, which reads whole sheets too: it writes a report of each error, 4 seconds for 20,000 characters of `a;`
// on lines of their own.
// Nor postcss-safe-parser, which takes `color:red display:none` for two declarations where a browser reads none.

export interface Declaration {
  readonly value: string
  readonly isImportant: boolean
}

/** Lower-case properties and values; of a repeated property the last one, or the important one, as a browser takes it. */
export type Declarations = ReadonlyMap<string, Declaration>

const maxLength = 20_000

/** What decides whether text is seen; nothing else is kept. */
const relevant = new Set([
  'background',
  'background-color',
  'background-image',
  'clip',
  'clip-path',
  'color',
  'display',
  'font',
  'font-size',
  'height',
  'left',
  'margin-left',
  'margin-top',
  'max-height',
  'max-width',
  'min-width',
  'opacity',
  'overflow',
  'position',
  'right',
  'text-indent',
  'top',
  'transform',
  'visibility',
  'width',
])

/** The declarations of a `style` attribute. */
export function parseDeclarations(css: string): Declarations {
  return declarationsOf(tokenize({ css: css.slice(0, maxLength) }))
}

/** The declarations of a rule's body. */
export function declarationsOf(body: readonly CSSToken[]): Declarations {
  const found: [string, Declaration][] = []
  for (const part of partsOf(body, (token) => isTokenSemicolon(token) || isTokenCloseCurly(token))) {
    const colon = part.findIndex(isTokenColon)
    const [name, ...others] = part.slice(0, Math.max(0, colon)).filter((token) => !isTokenWhiteSpaceOrComment(token))
    if (!isTokenIdent(name) || others.length > 0) continue
    const property = name[4].value.toLowerCase()
    if (!relevant.has(property)) continue
    const whole = valueOf(part.slice(colon + 1))
    const value = whole.replace(/ ?! ?important$/, '')
    found.push([property, { value, isImportant: value !== whole }])
  }
  return merge(found)
}

/** Later ones win over earlier ones, important ones over all that are not. */
export function merge(all: Iterable<readonly [string, Declaration]>): Declarations {
  const merged = new Map<string, Declaration>()
  for (const [property, declaration] of all) {
    if (declaration.isImportant || !merged.get(property)?.isImportant) merged.set(property, declaration)
  }
  return merged
}

/**
 * Cuts behind each token that ends a part; inside brackets of any kind nothing is cut. A part begins with a word, and
 * a semicolon that cuts is left out.
 */
export function* partsOf(
  tokens: readonly CSSToken[],
  isEnd: (token: CSSToken, hasClosed: boolean, part: readonly CSSToken[]) => boolean,
): Generator<CSSToken[]> {
  const closers: TokenType[] = []
  let part: CSSToken[] = []
  for (const token of tokens) {
    if (part.length === 0 && isTokenWhiteSpaceOrComment(token)) continue
    const hasClosed = token[0] === closers.at(-1)
    const closer = closerOf[token[0]]
    if (hasClosed) closers.pop()
    else if (closer) closers.push(closer)
    const isCut = closers.length === 0 && isEnd(token, hasClosed, part)
    if (!isCut || !isTokenSemicolon(token)) part.push(token)
    if (!isCut) continue
    yield part
    part = []
  }
  if (part.length > 0) yield part
}

const closerOf: Partial<Record<TokenType, TokenType>> = {
  [TokenType.Function]: TokenType.CloseParen,
  [TokenType.OpenParen]: TokenType.CloseParen,
  [TokenType.OpenSquare]: TokenType.CloseSquare,
  [TokenType.OpenCurly]: TokenType.CloseCurly,
}

/** A value as it is meant, however it is written: `n\6fne` is `none`, `+1E1PX` is `10px`. */
function valueOf(tokens: readonly CSSToken[]): string {
  return tokens.map(wordOf).join('').replace(/\s+/g, ' ').trim().toLowerCase()
}

function wordOf(token: CSSToken): string {
  if (isTokenComment(token)) return ' '
  if (isTokenURL(token)) return 'url()'
  if (isTokenIdent(token)) return token[4].value
  if (isTokenHash(token)) return `#${token[4].value}`
  if (isTokenFunction(token)) return `${token[4].value}(`
  return isTokenDimension(token) ? `${token[4].value}${token[4].unit}` : token[1]
}
