import type { Attachment as Part, StructuredHeader } from 'mailparser'

/** Texts of a form that is read by itself, or for machines. */
const otherTexts =
  /^text\/(?:plain|html|calendar|rfc822-headers|(?:x-)?vcard|directory|x-amp-html|watch-html|css|csv|tab-separated-values|(?:x-)?javascript|xml|rtf)$/i

/** A text of a kind nobody knows is read as a plain one (RFC 2046, 4.1.4). */
export function isReadableText(type: string): boolean {
  return /^text\/[\w.+-]+$/i.test(type) && !otherTexts.test(type)
}

/** What such parts say, for the text; they are listed as well. Those with a file's name are files. */
export function unknownTexts(parts: readonly Part[]): string {
  const texts = parts.filter(
    ({ contentType, filename, contentDisposition }) =>
      isReadableText(contentType || '') && !filename && contentDisposition !== 'attachment',
  )
  return texts.map(wordsOf).join('\n')
}

/** In the charset it declares. */
export function wordsOf({ headers, content }: Part): string {
  const declared = headers.get('content-type') as StructuredHeader | undefined
  const charset = declared?.params['charset'] ?? 'utf-8'
  try {
    return new TextDecoder(/^us-?ascii$/i.test(charset) ? 'utf-8' : charset).decode(content)
  } catch {
    return content.toString('utf8')
  }
}
