import type { gmail_v1 } from 'googleapis/build/src/apis/gmail/index.js'
import type { Mailbox } from '../../ports.ts'
import { databaseSafe } from '../mime/text.ts'
import type { GoogleClient } from './client.ts'
import { LabelListAnswer, LabelsAnswer, MessageListAnswer, ProfileAnswer, RawMessageAnswer } from './gmail-answers.ts'
import { createHistoryReader } from './gmail-history.ts'
import { createMuteQuestion } from './gmail-muted.ts'
import { quotaUnits } from './quota-costs.ts'

const maxPageSize = 500
const me = { userId: 'me' } as const
/** The end of the year 9999: a later instant is no ISO 8601 of four digits. */
const lastInstantMs = 253_402_300_799_999

export function createGmailMailbox(users: gmail_v1.Resource$Users, client: GoogleClient): Mailbox {
  return {
    async profile(mailbox, signal) {
      const { emailAddress, historyId } = await client.read({
        mailbox,
        signal,
        units: quotaUnits['users.getProfile'],
        answer: ProfileAnswer,
        send: (options) => users.getProfile(me, options),
      })
      return { address: emailAddress.toLowerCase(), historyId }
    },

    async listMessages(mailbox, { after, label, pageToken, limit }, signal) {
      const since = `after:${Math.floor(after.getTime() / 1_000)}`
      const wanted =
        label === undefined
          ? { q: `${since} -in:drafts -in:chats` }
          : { q: since, labelIds: [label], includeSpamTrash: true }
      const maxResults = Math.min(limit, maxPageSize)
      const page = await client.read({
        mailbox,
        signal,
        units: quotaUnits['messages.list'],
        answer: MessageListAnswer,
        send: (options) =>
          users.messages.list({ ...me, ...wanted, maxResults, ...(pageToken && { pageToken }) }, options),
      })
      const { messages, nextPageToken = null, resultSizeEstimate } = page
      return { ids: messages.map(({ id }) => id), nextPageToken, estimated: resultSizeEstimate }
    },

    async getMessage(mailbox, gmailId, signal) {
      const message = await client.read({
        mailbox,
        signal,
        units: quotaUnits['messages.get'],
        answer: RawMessageAnswer,
        send: (options) => users.messages.get({ ...me, id: gmailId, format: 'raw' }, options),
      })
      const { id, threadId, labelIds, internalDate, snippet, raw } = message
      return {
        id,
        threadId,
        labels: labelIds.map(databaseSafe),
        receivedAt: new Date(Math.min(Number(internalDate), lastInstantMs)),
        snippet: plainSnippet(snippet),
        raw: Buffer.from(raw, 'base64url'),
      }
    },

    async getLabels(mailbox, gmailId, signal) {
      const { labelIds } = await client.read({
        mailbox,
        signal,
        units: quotaUnits['messages.get'],
        answer: LabelsAnswer,
        send: (options) => users.messages.get({ ...me, id: gmailId, format: 'minimal' }, options),
      })
      return labelIds.map(databaseSafe)
    },

    async listLabels(mailbox, signal) {
      const { labels } = await client.read({
        mailbox,
        signal,
        units: quotaUnits['labels.list'],
        answer: LabelListAnswer,
        send: (options) => users.labels.list(me, options),
      })
      return labels.map(({ id }) => databaseSafe(id))
    },

    isMuted: createMuteQuestion(users, client),
    listHistory: createHistoryReader(users, client),
  }
}

/** Gmail escapes its snippets for HTML. */
function plainSnippet(snippet: string): string {
  const plain = snippet
    .replace(/&#(\d{1,6});/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
  return databaseSafe(plain)
}
