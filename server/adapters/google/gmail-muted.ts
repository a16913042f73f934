import type { gmail_v1 } from 'googleapis/build/src/apis/gmail/index.js'
import type { Mailbox } from '../../ports.ts'
import type { GoogleClient } from './client.ts'
import { MessageListAnswer } from './gmail-answers.ts'
import { quotaUnits } from './quota-costs.ts'

/** More than share a Message-ID, or a moment, in muted conversations. */
const maxResults = 20

/** Only a search knows what is muted (support.google.com/mail/answer/47787): it is asked for this one mail. */
export function createMuteQuestion(users: gmail_v1.Resource$Users, client: GoogleClient): Mailbox['isMuted'] {
  return async (mailbox, { gmailId, messageId, receivedAt }, signal) => {
    const q = `is:muted ${termFor(messageId) ?? momentOf(receivedAt)}`
    const { messages } = await client.read({
      mailbox,
      signal,
      units: quotaUnits['messages.list'],
      answer: MessageListAnswer,
      send: (options) => users.messages.list({ userId: 'me', q, maxResults }, options),
    })
    // Whoever writes a mail chooses its Message-ID, and may choose that of another: Gmail's own id alone tells.
    return messages.some(({ id }) => id === gmailId)
  }
}

/** Undefined for an id that could be read as more than one term of a search: it is a stranger's text. */
function termFor(messageId: string | null): string | undefined {
  const [, bare] = /^<([a-z0-9][\w.+=$-]{0,250}@[a-z0-9][a-z0-9.-]{0,250})>$/i.exec(messageId ?? '') ?? []
  return bare && `rfc822msgid:${bare}`
}

/** The second it came in, with one on either side. */
function momentOf(receivedAt: Date): string {
  const second = Math.floor(receivedAt.getTime() / 1_000)
  return `after:${second - 1} before:${second + 2}`
}
