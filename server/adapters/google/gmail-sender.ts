import type { gmail_v1 } from 'googleapis/build/src/apis/gmail/index.js'
import { isUpstream, UpstreamError } from '../../errors.ts'
import type { MailSender } from '../../ports.ts'
import { DraftAnswer, NoAnswer, SentAnswer, ThreadAnswer } from './gmail-answers.ts'
import type { GoogleClient } from './client.ts'

const me = { userId: 'me' } as const
const mark = 'X-ReasonFlow-Outbox'

/** Drafts and their sending. Always as JSON: the library sends `media` to Google whatever address is configured. */
export function createGmailSender(users: gmail_v1.Resource$Users, client: GoogleClient): MailSender {
  return {
    async createDraft(mailbox, { threadId, raw }, signal) {
      const requestBody = { message: { threadId, raw: raw.toString('base64url') } }
      const { id } = await orUnknown(
        client.write({
          mailbox,
          signal,
          answer: DraftAnswer,
          send: (options) => users.drafts.create({ ...me, requestBody }, options),
        }),
      )
      return id
    },

    async sendDraft(mailbox, gmailDraftId, signal) {
      const requestBody = { id: gmailDraftId }
      const { id } = await orUnknown(
        client.write({
          mailbox,
          signal,
          answer: SentAnswer,
          send: (options) => users.drafts.send({ ...me, requestBody }, options),
        }),
      )
      return { gmailId: id }
    },

    async hasDraft(mailbox, gmailDraftId, signal) {
      const call = client.read({
        mailbox,
        signal,
        answer: DraftAnswer,
        send: (options) => users.drafts.get({ ...me, id: gmailDraftId, format: 'minimal' }, options),
      })
      return (await orGone(call)) !== null
    },

    async deleteDraft(mailbox, gmailDraftId, signal) {
      const call = client.read({
        mailbox,
        signal,
        answer: NoAnswer,
        send: (options) => users.drafts.delete({ ...me, id: gmailDraftId }, options),
      })
      await orGone(call)
    },

    async findSent(mailbox, { threadId, outboxId }, signal) {
      const params = { ...me, id: threadId, format: 'metadata', metadataHeaders: [mark] }
      const call = client.read({
        mailbox,
        signal,
        answer: ThreadAnswer,
        send: (options) => users.threads.get(params, options),
      })
      const thread = await orGone(call)
      const sent = thread?.messages.find(({ labelIds, payload }) => {
        const isSent = labelIds.includes('SENT') && !labelIds.includes('DRAFT')
        return isSent && payload.headers.some((header) => isMark(header, outboxId))
      })
      return sent ? { gmailId: sent.id } : null
    },
  }
}

/** Writers of mail change the case of header names. */
function isMark({ name, value }: { name: string; value: string }, outboxId: string): boolean {
  return name.toLowerCase() === mark.toLowerCase() && value.trim().toLowerCase() === outboxId.toLowerCase()
}

/** An unreadable answer to a write leaves open whether it was done, and for what id. */
async function orUnknown<T>(call: Promise<T>): Promise<T> {
  return call.catch((error: unknown) => {
    if (!isUpstream(error, 'bad_answer')) throw error
    throw new UpstreamError(error.vendor, 'unavailable', error.message, { cause: error })
  })
}

async function orGone<T>(call: Promise<T>): Promise<T | null> {
  return call.catch((error: unknown) => {
    if (isUpstream(error, 'not_found')) return null
    throw error
  })
}
