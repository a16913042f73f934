import type { Person } from './people.ts'
import { attribution, type Quotable } from './quote.ts'

/** The HTML that Gmail sends beside a plain text. */
export function htmlTwin(
  own: string,
  quoted: Quotable | undefined,
  style: Pick<Person, 'client' | 'language'>,
): string {
  const letter = `<div dir="ltr">${paragraphs(own)}</div>`
  if (quoted === undefined) return letter
  const head = `<div dir="ltr" class="gmail_attr">${escapeHtml(attribution(quoted, style))}<br></div>`
  const border = 'margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex'
  const body = `<blockquote class="gmail_quote" style="${border}">${paragraphs(quoted.text)}</blockquote>`
  return `${letter}\n<br>\n<div class="gmail_quote gmail_quote_container">${head}\n${body}</div>`
}

/** Text as HTML shows it. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

function paragraphs(text: string): string {
  return escapeHtml(text)
    .split('\n\n')
    .map((paragraph) => `<div>${paragraph.replaceAll('\n', '<br>\n')}</div>`)
    .join('\n<div><br></div>\n')
}
