import { convert } from 'html-to-text'
import sanitize from 'sanitize-html'
import { cutBytes, databaseSafe } from './text.ts'

const maxHtmlBytes = 1_000_000

/** No script, style, form, image or remote content; links to http, https and mailto stay. Null when too large. */
export function sanitiseHtml(html: string): string | null {
  const sane = databaseSafe(sanitize(cutBytes(html, maxHtmlBytes), options))
  return Buffer.byteLength(sane) > maxHtmlBytes ? null : sane
}

/** The text of sanitised HTML as a person reads it; quotes begin with `> `. */
export function htmlToLines(sane: string): string {
  return convert(sane, {
    wordwrap: false,
    limits: { maxDepth: 200 },
    selectors: [
      { selector: 'a', options: { ignoreHref: true } },
      { selector: 'table', format: 'block' },
      { selector: 'tr', format: 'block' },
      ...['td', 'th'].map((selector) => ({ selector, format: 'inlineSurround', options: { suffix: ' ' } })),
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    ],
  })
}

// An element that is not shown gets this made-up name and goes with all that is in it.
const notShown = 'not-shown'

const options: sanitize.IOptions = {
  allowedTags: sanitize.defaults.allowedTags.concat('center', 'del', 'font', 'ins', notShown),
  allowedAttributes: {
    a: ['href', 'rel'],
    td: ['colspan', 'rowspan'],
    th: ['colspan', 'rowspan'],
    [notShown]: ['hidden'],
    '*': ['dir', 'lang'],
  },
  allowedSchemes: ['http', 'https', 'mailto'],
  allowProtocolRelative: false,
  nonTextTags: [
    'math',
    'noscript',
    'object',
    'option',
    'script',
    'style',
    'svg',
    'template',
    'textarea',
    'title',
    'xmp',
  ],
  transformTags: {
    '*': (tagName, attribs) => {
      if (tagName === notShown || isHidden(attribs)) return { tagName: notShown, attribs: { hidden: 'hidden' } }
      return { tagName, attribs: tagName === 'a' ? linkOf(attribs) : attribs }
    },
  },
  exclusiveFilter: ({ attribs }) => attribs['hidden'] !== undefined,
}

/** A relative address would point into the page that shows the mail. */
function linkOf({ href = '', ...others }: sanitize.Attributes): sanitize.Attributes {
  const isAbsolute = /^\s*(?:https?:\/\/|mailto:)/i.test(href)
  return { ...others, ...(isAbsolute && { href }), rel: 'noopener noreferrer' }
}

// `font-size: 0` is not among them: newsletters put it on wrappers of visible text.
const hidingStyle =
  /display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|(?:opacity|max-height)\s*:\s*0(?![.\d]*[1-9])/i

function isHidden({ hidden, style = '' }: sanitize.Attributes): boolean {
  return hidden !== undefined || hidingStyle.test(style)
}
