import { recordHistory } from './history-log.ts'
import type { Ids } from './ids.ts'
import { headerOf, parseMime } from './mime.ts'
import type { Mailbox, Message } from './model.ts'

// Beyond 2^53: whoever keeps a history id in a number loses digits, as with the real ones.
const firstHistoryId = 9_007_199_254_741_000n

export function createMailbox(ids: Ids, changed: () => void): Mailbox {
  const history = { history: [], historyId: firstHistoryId, oldestHistoryId: firstHistoryId }
  return { ids, changed, messages: new Map(), drafts: new Map(), muted: new Set(), ...history }
}

/** Stores a mail under a new id; without a thread it starts one. */
export function addMessage(
  mailbox: Mailbox,
  input: { raw: Buffer; labelIds: string[]; internalDate: number; threadId?: string; id?: string; sentAt?: number },
): Message {
  const { raw, labelIds, internalDate, id = mailbox.ids.message(), threadId = id, sentAt } = input
  const root = parseMime(raw)
  const messageId = headerOf(root, 'Message-ID')?.trim()
  const labels = new Set(labelIds)
  const message = { id, threadId, raw, root, messageId, internalDate, sentAt, labelIds: labels, historyId: 0n }
  mailbox.messages.set(id, message)
  recordHistory(mailbox, 'messageAdded', message)
  return message
}

/** Removes a message for good, and the draft it was. */
export function removeMessage(mailbox: Mailbox, message: Message): void {
  mailbox.messages.delete(message.id)
  for (const [draftId, draft] of mailbox.drafts) if (draft === message) mailbox.drafts.delete(draftId)
  recordHistory(mailbox, 'messageDeleted', message)
}

/** Adds and removes labels; what changes nothing leaves no history. What is moved to the inbox is muted no longer. */
export function changeLabels(mailbox: Mailbox, message: Message, add: string[], remove: string[]): void {
  const removed = remove.filter((label) => message.labelIds.delete(label))
  if (removed.length > 0) recordHistory(mailbox, 'labelRemoved', message, removed)
  const added = add.filter((label) => !message.labelIds.has(label))
  for (const label of added) message.labelIds.add(label)
  if (added.length > 0) recordHistory(mailbox, 'labelAdded', message, added)
  if (added.includes('INBOX')) mailbox.muted.delete(message.threadId)
}

/** The messages of a thread, oldest first. */
export function threadMessages(mailbox: Mailbox, threadId: string): Message[] {
  return [...mailbox.messages.values()]
    .filter((message) => message.threadId === threadId)
    .sort((a, b) => a.internalDate - b.internalDate)
}

/** Whether threads and lists show it yet: sent mail may lag behind. */
export function isVisible(message: Message, sentDelayMs: number): boolean {
  return message.sentAt === undefined || message.sentAt + sentDelayMs <= Date.now()
}
