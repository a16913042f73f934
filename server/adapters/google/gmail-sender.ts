import type { gmail_v1 } from 'googleapis/build/src/apis/gmail/index.js'
import { isUpstream, UpstreamError } from '../../errors.ts'
import type { MailSender } from '../../ports.ts'
import type { GoogleClient } from './client.ts'
import { orGone } from './gmail-absence.ts'
import { DraftAnswer, NoAnswer, RawDraftAnswer, SentAnswer } from './gmail-answers.ts'
import { createGmailDraftList } from './gmail-draft-list.ts'
import { createSentSearch } from './gmail-sent-search.ts'
import { quotaUnits } from './quota-costs.ts'

const me = { userId: 'me' } as const

/** Gmail drafts and their sending. Always as JSON: the library sends `media` to Google whatever address is configured. */
export function createGmailSender(users: gmail_v1.Resource$Users, client: GoogleClient): MailSender {
  return {
    async createGmailDraft(mailbox, { threadId, raw }, signal) {
      const requestBody = { message: { threadId, raw: raw.toString('base64url') } }
      const { id } = await orUnknown(
        client.write({
          mailbox,
          signal,
          units: quotaUnits['drafts.create'],
          answer: DraftAnswer,
          send: (options) => users.drafts.create({ ...me, requestBody }, options),
        }),
      )
      return id
    },

    // The client asks once more after a 401 only. That is no retried send: Google turned the caller away before it looked
    // at the call, so the second one is the first to be heard; and were it not, a draft that was sent is gone (404).
    async sendGmailDraft(mailbox, gmailDraftId, signal) {
      const requestBody = { id: gmailDraftId }
      const { id } = await orUnknown(
        client.write({
          mailbox,
          signal,
          units: quotaUnits['drafts.send'],
          answer: SentAnswer,
          send: (options) => users.drafts.send({ ...me, requestBody }, options),
        }),
      )
      return { gmailId: id }
    },

    async readGmailDraft(mailbox, gmailDraftId, signal) {
      const call = client.read({
        mailbox,
        signal,
        units: quotaUnits['drafts.get'],
        answer: RawDraftAnswer,
        send: (options) => users.drafts.get({ ...me, id: gmailDraftId, format: 'raw' }, options),
      })
      const draft = await orGone(call)
      if (!draft) return null
      const { id, threadId, raw } = draft.message
      // A thread has the id of its first message.
      return { threadId, isAlone: id === threadId, raw: Buffer.from(raw, 'base64url') }
    },

    async deleteGmailDraft(mailbox, gmailDraftId, signal) {
      const call = client.read({
        mailbox,
        signal,
        units: quotaUnits['drafts.delete'],
        answer: NoAnswer,
        send: (options) => users.drafts.delete({ ...me, id: gmailDraftId }, options),
      })
      await orGone(call)
    },

    findSent: createSentSearch(users, client),
    listGmailDrafts: createGmailDraftList(users, client),
  }
}

/** An unreadable answer to a write leaves open whether it was done, and for what id. */
async function orUnknown<T>(call: Promise<T>): Promise<T> {
  return call.catch((error: unknown) => {
    if (!isUpstream(error, 'bad_answer')) throw error
    throw new UpstreamError(error.vendor, 'unavailable', error.message, { cause: error })
  })
}
