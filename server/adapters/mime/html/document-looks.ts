import type { MailFlag } from '../../../../shared-types/index.ts'
import { type Look, lookOf, pageLook } from './look.ts'
import type { StyledElement } from './selector.ts'
import { parseStylesheet } from './stylesheet.ts'

/** Deeper than browsers build it: the parser's own work grows with the square of it. */
const maxDepth = 1_000

/** Follows a parser through a document and says of each piece of text whether a person sees it. */
export function readLooks(html: string) {
  const stylesheet = parseStylesheet(html)
  const path: StyledElement[] = []
  const looks: Look[] = [pageLook]
  const flags = new Set<MailFlag>()
  const current = () => looks.at(-1) ?? pageLook

  /** Layout is full of hidden blanks: only words are worth a flag. */
  function leaveOut(text: string): void {
    if (/[\p{L}\p{N}]/u.test(text.replace(/&\w+;/g, ''))) flags.add('hidden-text')
  }

  return {
    flags,
    leaveOut,
    open(name: string, attributes: Record<string, string>): void {
      if (path.length > maxDepth) throw new Error('its HTML is nested too deep')
      // The sanitiser takes attributes out of its own copy.
      const element = { name, attributes: { ...attributes }, classes: attributes['class']?.split(/\s+/) ?? [] }
      path.push(element)
      // It turns the letters round for whoever looks at them.
      if (name === 'bdo') flags.add('bidi')
      looks.push(lookOf(element, stylesheet.styleOf(path), current()))
    },
    close(): void {
      path.pop()
      looks.pop()
    },
    isGone: () => current().isGone,
    /** What is seen of a piece of text: the gap it takes stays. */
    seen(text: string): string {
      if (current().isSeen) return text
      leaveOut(text)
      return /\s/.test(text) ? ' ' : ''
    },
  }
}
