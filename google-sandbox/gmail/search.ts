import type { Account } from '../state.ts'
import { userLabels } from './labels.ts'
import { isVisible } from './mailbox.ts'
import type { Message } from './model.ts'
import { compileQuery } from './query.ts'

/** The messages a list call asks for, newest first. */
export async function listMessages(account: Account, query: URLSearchParams, sentDelayMs: number): Promise<Message[]> {
  const q = query.get('q') ?? ''
  const matches = await compileFor(account, q)
  const labelIds = query.getAll('labelIds')
  const showsSpamAndTrash =
    query.get('includeSpamTrash') === 'true' ||
    labelIds.some(isHidden) ||
    /\b(in|label|is):"?(anywhere|spam|trash)\b/i.test(q)

  return [...account.mailbox.messages.values()]
    .filter((message) => {
      if (!isVisible(message, sentDelayMs)) return false
      if (!showsSpamAndTrash && [...message.labelIds].some(isHidden)) return false
      return labelIds.every((label) => message.labelIds.has(label)) && matches(message)
    })
    .reverse()
    .sort((a, b) => b.internalDate - a.internalDate)
}

/** What a q parameter selects in this mailbox. */
export async function compileFor(account: Account, q: string): Promise<(message: Message) => boolean> {
  const labels = /\blabel:/i.test(q) ? await userLabels(account) : new Map<string, string>()
  return compileQuery(q, { labels, muted: account.mailbox.muted })
}

function isHidden(label: string): boolean {
  return label === 'SPAM' || label === 'TRASH'
}
