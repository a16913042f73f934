import EmailReplyParser from 'email-reply-parser'

const maxLength = 16_000

/**
 * What the sender wrote this time: the text without quoted history and signature, or all of it when that leaves
 * nothing. Runs in the parsing worker only: the library hangs on hostile runs of blanks and newlines.
 */
export function freshTextOf(text: string): string {
  const calm = text
    .replace(/[^\S\n]{3,}/g, '  ')
    .replace(/\n(?:[^\S\n]*\n){2,}/g, '\n\n')
    .trim()
  const read = calm.slice(0, maxLength).toWellFormed()
  const fresh = new EmailReplyParser().parseReply(read).trim()
  const sawHistory = fresh.length < read.length * 0.95
  if (fresh === '' || (calm.length > maxLength && !sawHistory)) return text
  return fresh
}
