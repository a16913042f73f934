import type { gmail_v1 } from 'googleapis/build/src/apis/gmail/index.js'
import { isUpstream, UpstreamError } from '../../errors.ts'
import type { Mailbox, MailboxChange } from '../../ports.ts'
import { databaseSafe } from '../mime/text.ts'
import type { GoogleClient } from './client.ts'
import { HistoryAnswer, type HistoryRecord } from './gmail-answers.ts'
import { quotaUnits } from './quota-costs.ts'

const pageSize = 500

/** Every kind of change, a page at a time (developers.google.com/workspace/gmail/api/guides/sync). */
export function createHistoryReader(users: gmail_v1.Resource$Users, client: GoogleClient): Mailbox['listHistory'] {
  return async (mailbox, { since, pageToken }, signal) => {
    const params = { userId: 'me', startHistoryId: since, maxResults: pageSize, ...(pageToken && { pageToken }) }
    try {
      const page = await client.read({
        mailbox,
        signal,
        units: quotaUnits['history.list'],
        answer: HistoryAnswer,
        send: (options) => users.history.list(params, options),
      })
      const { history, historyId, nextPageToken = null } = page
      return { changes: history.flatMap(changesOf), historyId, nextPageToken }
    } catch (error) {
      if (!isUpstream(error, 'not_found')) throw error
      throw new UpstreamError('gmail', 'history_expired', 'Gmail no longer knows what changed since the last sync.', {
        cause: error,
      })
    }
  }
}

function changesOf(record: HistoryRecord): MailboxChange[] {
  const { id, messagesAdded, messagesDeleted, labelsAdded, labelsRemoved } = record
  const change = (kind: MailboxChange['kind'], gmailId: string, labels: readonly string[]) => {
    return { kind, historyId: id, gmailId, labels: labels.map(databaseSafe) }
  }
  return [
    ...messagesAdded.map(({ message }) => change('added', message.id, message.labelIds)),
    ...labelsRemoved.map(({ message, labelIds }) => change('unlabelled', message.id, labelIds)),
    ...labelsAdded.map(({ message, labelIds }) => change('labelled', message.id, labelIds)),
    ...messagesDeleted.map(({ message }) => change('deleted', message.id, message.labelIds)),
  ]
}
