import type { HistoryRecord, HistoryType, Mailbox, Message } from './model.ts'

/** Notes a change and stamps the message with its history id. */
export function recordHistory(mailbox: Mailbox, type: HistoryType, message: Message, labelIds: string[] = []): void {
  mailbox.historyId += 1n
  message.historyId = mailbox.historyId
  const { id, threadId } = message
  const record: HistoryRecord = {
    id: mailbox.historyId,
    type,
    message: { id, threadId, labelIds: [...message.labelIds] },
    labelIds,
  }
  mailbox.history.push(record)
  mailbox.changed()
}

/** Makes every history id handed out so far too old; the profile already shows a new one. */
export function expireHistory(mailbox: Mailbox): void {
  mailbox.historyId += 1n
  mailbox.oldestHistoryId = mailbox.historyId
  mailbox.history.length = 0
}
