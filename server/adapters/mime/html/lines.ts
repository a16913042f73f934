import { convert } from 'html-to-text'

/** The text of sanitised HTML as a person reads it; quotes begin with `> `. */
export function htmlToLines(sane: string): string {
  return convert(sane, {
    wordwrap: false,
    limits: { maxDepth: 600 },
    selectors: [
      { selector: 'a', options: { ignoreHref: true } },
      { selector: 'table', format: 'block' },
      { selector: 'tr', format: 'block' },
      ...['td', 'th'].map((selector) => ({ selector, format: 'inlineSurround', options: { suffix: ' ' } })),
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    ],
  })
}
