export interface Declaration {
  readonly value: string
  readonly isImportant: boolean
}

/** Lower-case properties and values; of a repeated property the last one, as a browser takes it. */
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

/** The declarations of a `style` attribute or of a rule's body. */
export function parseDeclarations(css: string): Declarations {
  const declarations = new Map<string, Declaration>()
  for (const part of withoutComments(css.slice(0, maxLength)).split(';')) {
    const colon = part.indexOf(':')
    if (colon < 0) continue
    const property = unescapeCss(part.slice(0, colon)).trim().toLowerCase()
    if (!relevant.has(property)) continue
    const whole = unescapeCss(part.slice(colon + 1))
      .replace(/\s+/g, ' ')
      .trim()
      .toLowerCase()
    const value = whole.replace(/ ?! ?important$/, '')
    declarations.set(property, { value, isImportant: value !== whole })
  }
  return declarations
}

/** A browser reads an unclosed comment to the end. */
export function withoutComments(css: string): string {
  return css.replace(/\/\*[\s\S]*?(?:\*\/|$)/g, ' ')
}

/** `d\69splay` is `display` to a browser. */
function unescapeCss(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(/\\(?:([0-9a-f]{1,6})\s?|(.))/gi, (_all, hex: string | undefined, character: string) => {
    const code = hex ? Number.parseInt(hex, 16) : 0
    return hex ? String.fromCodePoint(code > 0 && code <= 0x10ffff ? code : 0xfffd) : character
  })
}
