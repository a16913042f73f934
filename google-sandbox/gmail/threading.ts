import { headerOf, type MimePart } from './mime.ts'
import type { Mailbox } from './model.ts'

/** The thread an arriving mail joins: it answers a mail of it, under the same subject. */
export function threadOnArrival(mailbox: Mailbox, root: MimePart): string | undefined {
  const answered = new Set([...idsIn(root, 'In-Reply-To'), ...idsIn(root, 'References')])
  if (answered.size === 0) return undefined
  const subject = subjectOf(root)
  const earlier = [...mailbox.messages.values()].reverse()
  return earlier.find(({ messageId, root: other }) => {
    return messageId !== undefined && answered.has(messageId) && subjectOf(other) === subject
  })?.threadId
}

/** Whether mail written here may join the thread it names: In-Reply-To and References point into it, the subject is its own. */
export function mayJoinThread(mailbox: Mailbox, root: MimePart, threadId: string): boolean {
  const inThread = [...mailbox.messages.values()].filter((message) => message.threadId === threadId)
  const known = new Set(inThread.map(({ messageId }) => messageId))
  const isNamed = (header: string) => idsIn(root, header).some((id) => known.has(id))
  const subject = subjectOf(root)
  return (
    isNamed('In-Reply-To') && isNamed('References') && inThread.some(({ root: other }) => subjectOf(other) === subject)
  )
}

function idsIn(root: MimePart, header: string): string[] {
  return headerOf(root, header)?.match(/<[^<>\s]+>/g) ?? []
}

/** Without its reply and forward prefixes. */
function subjectOf(root: MimePart): string {
  const subject = headerOf(root, 'Subject') ?? ''
  return subject
    .replace(/^\s*((re|fwd?|aw|antw|wg|sv|vs|tr|rv)(\[\d+\])?\s*:\s*)+/i, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase()
}
