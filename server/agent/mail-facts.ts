import { authenticationOf } from '../mail/authentication.ts'
import type { MailFacts } from '../model-question.ts'
import { cutText, linesOf } from './cut-text.ts'
import type { RunInput } from './state.ts'

export const longestText = 20_000
const longestQuote = 6_000

/** What a model is told of a mail. `isWhole`: a question stands in what was cut, so that nothing counts as quoted. */
export function mailFacts({ email }: RunInput, { isWhole = false } = {}): MailFacts {
  const text = isWhole ? email.text : email.freshText || email.text
  return {
    subject: email.subject,
    from: { name: email.fromName, address: email.fromAddress },
    text: text.slice(0, longestText).toWellFormed(),
    quoted: isWhole ? '' : cutText(linesOf(email), longestQuote),
    receivedAt: email.receivedAt,
    isReply: email.inReplyTo !== null,
    authentication: authenticationOf(email.headers),
  }
}
