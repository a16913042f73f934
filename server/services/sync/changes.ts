import type { MailboxChange } from '../../ports.ts'

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
  /** The last history id at which it came, or left where Gmail keeps mail apart; 0 when it did neither. */
  cameAt: bigint
  /** Of each label that was moved, whether it was put on in the end. */
  readonly labels: Map<string, boolean>
}

/**
 * One change a message: the last move of a label counts, and who is deleted stays so, since ids are never given twice.
 * Neither records told twice nor records out of order make a difference.
 */
export function foldChanges(changes: readonly MailboxChange[]): Map<string, MessageChange> {
  const placed = changes.map((change) => ({ ...change, at: BigInt(change.historyId) }))
  const folded = new Map<string, MessageChange>()
  for (const { kind, gmailId, labels, at } of inOrder(placed)) {
    const message = folded.get(gmailId) ?? { isDeleted: false, arrivedWith: null, cameAt: 0n, labels: new Map() }
    folded.set(gmailId, message)
    if (kind === 'added' || (kind === 'unlabelled' && isLeftOut(labels))) message.cameAt = at
    if (kind === 'added') message.arrivedWith = labels
    else if (kind === 'deleted') message.isDeleted = true
    else for (const label of labels) message.labels.set(label, kind === 'labelled')
  }
  return folded
}

export function inOrder<T extends { readonly at: bigint }>(items: readonly T[]): T[] {
  return items.toSorted((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0))
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
export function mayBelongToInbox(change: MessageChange): boolean {
  if (change.isDeleted) return false
  if (change.arrivedWith) return !isLeftOut(labelsAfter(change.arrivedWith, change))
  const hasLeft = leftOut.some((label) => change.labels.get(label) === false)
  return hasLeft && !isLeftOut(labelsAfter([], change))
}
