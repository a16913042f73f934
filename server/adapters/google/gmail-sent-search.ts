import type { gmail_v1 } from 'googleapis/build/src/apis/gmail/index.js'
import type { z } from 'zod'
import type { ReplyLikeness } from '../../mail/fields.ts'
import type { MailboxRef, MailSender } from '../../ports.ts'
import type { GoogleClient } from './client.ts'
import { orGone } from './gmail-absence.ts'
import { FullMessageAnswer, ThreadAnswer } from './gmail-answers.ts'
import { headerIn, outboxHeader, plainTextOf } from './gmail-parts.ts'
import { quotaUnits } from './quota-costs.ts'

const me = { userId: 'me' } as const
/** Own answers to one mail that are read whole, newest first. */
const mostCandidates = 5

type SentMessage = z.infer<typeof ThreadAnswer>['messages'][number]

/**
 * Looks for a sent mail in its thread, by our header; else by likeness. Likeness counts only where the header is missing
 * altogether: a mail with the header of another send is that other send.
 */
export function createSentSearch(users: gmail_v1.Resource$Users, client: GoogleClient): MailSender['findSent'] {
  async function sentMessages(mailbox: MailboxRef, threadId: string, signal?: AbortSignal): Promise<SentMessage[]> {
    const params = { ...me, id: threadId, format: 'metadata', metadataHeaders: [outboxHeader, 'In-Reply-To'] }
    const call = client.read({
      mailbox,
      signal,
      units: quotaUnits['threads.get'],
      answer: ThreadAnswer,
      send: (options) => users.threads.get(params, options),
    })
    const { messages } = (await orGone(call)) ?? { messages: [] }
    return messages.filter(({ labelIds }) => labelIds.includes('SENT') && !labelIds.includes('DRAFT'))
  }

  async function hasText(mailbox: MailboxRef, gmailId: string, likeness: ReplyLikeness, signal?: AbortSignal) {
    const call = client.read({
      mailbox,
      signal,
      units: quotaUnits['messages.get'],
      answer: FullMessageAnswer,
      send: (options) => users.messages.get({ ...me, id: gmailId, format: 'full' }, options),
    })
    const message = await orGone(call)
    return message !== null && likeness.hasText(plainTextOf(message.payload))
  }

  return async (mailbox, { threadId, outboxId, likeness }, signal) => {
    const messages = await sentMessages(mailbox, threadId, signal)
    const marked = messages.find(({ payload }) => {
      return headerIn(payload.headers, outboxHeader)?.toLowerCase() === outboxId.toLowerCase()
    })
    if (marked) return { gmailId: marked.id }
    if (!likeness) return null
    for (const { id } of candidates(messages, likeness)) {
      if (await hasText(mailbox, id, likeness, signal)) return { gmailId: id }
    }
    return null
  }
}

function candidates(messages: readonly SentMessage[], { inReplyTo, sentAfter }: ReplyLikeness): SentMessage[] {
  return messages
    .filter(({ payload: { headers }, internalDate }) => {
      const isUnmarked = headerIn(headers, outboxHeader) === null
      return isUnmarked && headerIn(headers, 'In-Reply-To') === inReplyTo && Number(internalDate) >= sentAfter.getTime()
    })
    .toSorted((a, b) => Number(b.internalDate) - Number(a.internalDate))
    .slice(0, mostCandidates)
}
