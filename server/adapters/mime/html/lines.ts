import { convert } from 'html-to-text'

/** The text of sanitised HTML as a person reads it: layout leaves no gaps, quotes begin with `> `. */
export function htmlToLines(sane: string): string {
  const lines = convert(sane, {
    wordwrap: false,
    limits: { maxDepth: 1_000 },
    selectors: [
      { selector: 'a', options: { ignoreHref: true } },
      { selector: 'table', format: 'block' },
      { selector: 'tr', format: 'block' },
      ...['td', 'th'].map((selector) => ({ selector, format: 'inlineSurround', options: { suffix: ' ' } })),
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    ],
  }).split('\n')
  const trimmed = lines.map((line) => line.trimEnd()).join('\n')
  return trimmed.replace(/\n{3,}/g, '\n\n').trim()
}
