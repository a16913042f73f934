import type { gmail_v1 } from 'googleapis/build/src/apis/gmail/index.js'
import { isUpstream, UpstreamError } from '../../errors.ts'
import type { Mailbox, MailboxRef } from '../../ports.ts'
import { HistoryAnswer, MessageListAnswer, ProfileAnswer, RawMessageAnswer } from './gmail-answers.ts'
import type { GoogleClient } from './client.ts'
import { databaseSafe } from '../mime/text.ts'

const pageSize = 500
const me = { userId: 'me' } as const
/** The end of the year 9999: a later instant is no ISO 8601 of four digits. */
const lastInstantMs = 253_402_300_799_999

export function createGmailMailbox(users: gmail_v1.Resource$Users, client: GoogleClient): Mailbox {
  const list = (mailbox: MailboxRef, params: gmail_v1.Params$Resource$Users$Messages$List, signal?: AbortSignal) =>
    client.read({
      mailbox,
      signal,
      answer: MessageListAnswer,
      send: (options) => users.messages.list({ ...me, ...params }, options),
    })

  /** Ids of drafts: messages.list names no labels, and only a label can be asked for, not its absence. */
  async function draftIds(mailbox: MailboxRef, q: string, signal?: AbortSignal): Promise<Set<string>> {
    const ids = new Set<string>()
    let pageToken: string | undefined
    do {
      const params = { q, labelIds: ['DRAFT'], maxResults: pageSize, ...(pageToken && { pageToken }) }
      const page = await list(mailbox, params, signal)
      for (const { id } of page.messages) ids.add(id)
      pageToken = page.nextPageToken
    } while (pageToken)
    return ids
  }

  return {
    async profile(mailbox, signal) {
      const { emailAddress, historyId } = await client.read({
        mailbox,
        signal,
        answer: ProfileAnswer,
        send: (options) => users.getProfile(me, options),
      })
      return { address: emailAddress.toLowerCase(), historyId }
    },

    async listMessages(mailbox, { after, pageToken, limit }, signal) {
      const q = `after:${Math.floor(after.getTime() / 1_000)}`
      const params = { q, maxResults: Math.min(limit, pageSize), ...(pageToken && { pageToken }) }
      const page = await list(mailbox, params, signal)
      const drafts = await draftIds(mailbox, q, signal)
      return {
        ids: page.messages.map(({ id }) => id).filter((id) => !drafts.has(id)),
        nextPageToken: page.nextPageToken ?? null,
        estimated: page.resultSizeEstimate,
      }
    },

    async getMessage(mailbox, gmailId, signal) {
      const message = await client.read({
        mailbox,
        signal,
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

    async listAdded(mailbox, since, signal) {
      const ids = new Set<string>()
      let pageToken: string | undefined
      for (;;) {
        const page = await listHistory(users, client, { mailbox, since, pageToken, signal })
        for (const { message } of page.history.flatMap(({ messagesAdded }) => messagesAdded)) {
          if (!message.labelIds.includes('DRAFT')) ids.add(message.id)
        }
        // Only the last page holds the cursor up to which everything was named.
        if (!page.nextPageToken) return { ids: [...ids], historyId: page.historyId }
        pageToken = page.nextPageToken
      }
    },
  }
}

interface HistoryPage {
  readonly mailbox: MailboxRef
  readonly since: string
  readonly pageToken: string | undefined
  readonly signal: AbortSignal | undefined
}

async function listHistory(
  users: gmail_v1.Resource$Users,
  client: GoogleClient,
  { mailbox, since, pageToken, signal }: HistoryPage,
) {
  const params = { ...me, startHistoryId: since, historyTypes: ['messageAdded'], maxResults: pageSize }
  try {
    return await client.read({
      mailbox,
      signal,
      answer: HistoryAnswer,
      send: (options) => users.history.list({ ...params, ...(pageToken && { pageToken }) }, options),
    })
  } catch (error) {
    if (!isUpstream(error, 'not_found')) throw error
    throw new UpstreamError('gmail', 'history_expired', 'Gmail no longer knows what changed since the last sync.', {
      cause: error,
    })
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
