import sanitize from 'sanitize-html'
import { stripInvisible } from '../../../mail/invisible-characters.ts'
import type { MailFlag } from '../../../../shared-types/index.ts'
import { cutBytes } from '../text.ts'
import { hasProseInComments } from './comments.ts'
import { readLooks } from './document-looks.ts'

const maxHtmlBytes = 1_000_000

export interface SaneHtml {
  /** Null when it is too large. */
  readonly html: string | null
  readonly problem: string | null
  readonly flags: ReadonlySet<MailFlag>
}

/**
 * HTML as a person sees it: no script, style, form, image or remote content, and no text that is hidden by style, size,
 * colour, position or characters nobody sees. Links to http, https and mailto stay. Throws when nested too deep.
 */
export function sanitiseHtml(given: string): SaneHtml {
  const looks = readLooks(given)
  const cut = cutBytes(given, maxHtmlBytes)
  const sane = sanitize(cut, {
    ...rules,
    onOpenTag: looks.open,
    onCloseTag: looks.close,
    textFilter: (text) => looks.seen(text),
    transformTags: { '*': (name, attributes) => elementOf(name, attributes, looks.isGone()) },
    exclusiveFilter({ attribs, text }) {
      const isGone = attribs[gone] !== undefined
      if (isGone) looks.leaveOut(text)
      return isGone
    },
  })
  const { text, traces } = stripInvisible(sane)
  const flags = new Set<MailFlag>([...traces, ...looks.flags])
  if (hasProseInComments(cut)) flags.add('html-comment')
  if (Buffer.byteLength(text) > maxHtmlBytes)
    return { html: null, problem: 'The HTML is too large and was left out.', flags }
  return { html: text, problem: cut === given ? null : 'The HTML is too large and was cut.', flags }
}

/** Marks, while the HTML is read, an element that is left out with all that is in it. */
const gone = 'hidden'
const goneElement = 'not-shown'

const rules: sanitize.IOptions = {
  allowedTags: sanitize.defaults.allowedTags.concat('center', 'del', 'font', 'ins', goneElement),
  allowedAttributes: {
    a: ['href', 'rel'],
    td: ['colspan', 'rowspan'],
    th: ['colspan', 'rowspan'],
    [goneElement]: [gone],
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
}

function elementOf(tagName: string, attribs: sanitize.Attributes, isGone: boolean): sanitize.Tag {
  if (isGone || tagName === goneElement) return { tagName: goneElement, attribs: { [gone]: gone } }
  if (isQuotation(attribs)) return { tagName: 'blockquote', attribs }
  return { tagName, attribs: tagName === 'a' ? linkOf(attribs) : attribs }
}

/** What Gmail, Yahoo and Outlook for Mac put around the mail that is answered. */
function isQuotation({ class: classes = '', id = '' }: sanitize.Attributes): boolean {
  return /(?:^|\s)(?:gmail_quote|yahoo_quoted)(?:\s|$)/.test(classes) || id === 'OLK_SRC_BODY_SECTION'
}

/** A relative address would point into the page that shows the mail. */
function linkOf({ href = '', ...others }: sanitize.Attributes): sanitize.Attributes {
  const isAbsolute = /^\s*(?:https?:\/\/|mailto:)/i.test(href)
  return { ...others, ...(isAbsolute && { href }), rel: 'noopener noreferrer' }
}
