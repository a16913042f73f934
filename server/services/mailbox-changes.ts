import type { MailboxChange } from '../ports.ts'

/** Not part of an inbox: unsent drafts, and what Gmail keeps apart. */
export const leftOut: readonly string[] = ['DRAFT', 'SPAM', 'TRASH', 'CHAT']

export function isLeftOut(labels: Iterable<string>): boolean {
  return [...labels].some((label) => leftOut.includes(label))
}

/** What a history comes to for one message. */
export interface MessageChange {
  isDeleted: boolean
  /** What it came with; null when it was there before. */
  arrivedWith: readonly string[] | null
  /** Of each label that was moved, whether it was put on in the end. */
  readonly labels: Map<string, boolean>
}

/**
 * One change a message: the last move of a label counts, and who is deleted stays so, since ids are never given twice.
 * Neither records told twice nor records out of order make a difference.
 */
export function foldChanges(changes: readonly MailboxChange[]): Map<string, MessageChange> {
  const inOrder = changes
    .map((change) => ({ ...change, at: BigInt(change.historyId) }))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  const folded = new Map<string, MessageChange>()
  for (const { kind, gmailId, labels } of inOrder) {
    const message = folded.get(gmailId) ?? { isDeleted: false, arrivedWith: null, labels: new Map() }
    folded.set(gmailId, message)
    if (kind === 'added') message.arrivedWith = labels
    else if (kind === 'deleted') message.isDeleted = true
    else for (const label of labels) message.labels.set(label, kind === 'labelled')
  }
  return folded
}

export function labelsAfter(labels: readonly string[], change: MessageChange): string[] {
  const after = new Set(labels)
  for (const [label, isOn] of change.labels) {
    if (isOn) after.add(label)
    else after.delete(label)
  }
  return [...after]
}

/** Whether a message that is not stored may belong to the inbox now: it arrived, or left where it was kept apart. */
export function mayHaveCome(change: MessageChange): boolean {
  if (change.isDeleted) return false
  if (change.arrivedWith) return !isLeftOut(labelsAfter(change.arrivedWith, change))
  const hasLeft = leftOut.some((label) => change.labels.get(label) === false)
  return hasLeft && !isLeftOut(labelsAfter([], change))
}
