import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { MailboxChange } from '../../../server/ports.ts'
import { foldChanges, labelsAfter, leftOut, mayBelongToInbox } from '../../../server/services/sync/changes.ts'

const labels = ['INBOX', 'UNREAD', 'STARRED', 'TRASH', 'SPAM'] as const
const labelSet = fc.subarray([...labels])
const history = fc.array(
  fc.record({
    kind: fc.constantFrom('labelled', 'unlabelled', 'deleted', 'added'),
    gmailId: fc.constantFrom('a', 'b', 'c'),
    labels: labelSet,
  }),
  { maxLength: 30 },
)

/** Numbered as Gmail does: later changes have greater ids, of more digits than a number holds. */
function numbered(changes: readonly Omit<MailboxChange, 'historyId'>[]): MailboxChange[] {
  return changes.map((change, place) => ({ ...change, historyId: String(9_999_999_999_999_995n + BigInt(place)) }))
}

/** What Gmail itself does, one change after the other. */
function replay(changes: readonly MailboxChange[], gmailId: string, before: readonly string[]): string[] {
  const present = new Set(before)
  for (const change of changes.filter((each) => each.gmailId === gmailId)) {
    for (const label of change.labels) {
      if (change.kind === 'labelled') present.add(label)
      if (change.kind === 'unlabelled') present.delete(label)
    }
  }
  return [...present].sort()
}

test('folded or one by one, in order or not, told once or twice: a message ends with the same labels', () => {
  fc.assert(
    fc.property(history, labelSet, fc.infiniteStream(fc.nat()), (unnumbered, before, random) => {
      const changes = numbered(unnumbered)
      const shuffled = [...changes, ...changes.filter((_, place) => place % 2 === 0)]
        .map((change) => ({ change, at: random.next().value as number }))
        .sort((a, b) => a.at - b.at)
        .map(({ change }) => change)
      for (const [gmailId, change] of foldChanges(shuffled)) {
        const own = changes.filter((each) => each.gmailId === gmailId)
        expect(labelsAfter(before, change).sort()).toEqual(replay(changes, gmailId, before))
        expect(change.isDeleted).toBe(own.some(({ kind }) => kind === 'deleted'))
      }
    }),
    { numRuns: 500 },
  )
})

const fold = (...changes: Omit<MailboxChange, 'historyId' | 'gmailId'>[]) =>
  foldChanges(numbered(changes.map((change) => ({ ...change, gmailId: 'm' })))).get('m')!

test.each(leftOut)(
  'a message that leaves %s may have come to the inbox, one that merely has it taken on has not',
  (label) => {
    expect(mayBelongToInbox(fold({ kind: 'unlabelled', labels: [label] }))).toBe(true)
    expect(mayBelongToInbox(fold({ kind: 'labelled', labels: [label] }))).toBe(false)
    expect(mayBelongToInbox(fold({ kind: 'unlabelled', labels: [label] }, { kind: 'labelled', labels: [label] }))).toBe(
      false,
    )
    expect(mayBelongToInbox(fold({ kind: 'added', labels: [label] }))).toBe(false)
    expect(mayBelongToInbox(fold({ kind: 'added', labels: [label] }, { kind: 'unlabelled', labels: [label] }))).toBe(
      true,
    )
  },
)

test('a message that came and was deleted has not come, and other labels bring nothing in', () => {
  expect(mayBelongToInbox(fold({ kind: 'added', labels: ['INBOX'] }))).toBe(true)
  expect(mayBelongToInbox(fold({ kind: 'added', labels: [] }))).toBe(true)
  expect(mayBelongToInbox(fold({ kind: 'added', labels: ['INBOX'] }, { kind: 'deleted', labels: ['INBOX'] }))).toBe(
    false,
  )
  expect(mayBelongToInbox(fold({ kind: 'labelled', labels: ['INBOX', 'STARRED'] }))).toBe(false)
  expect(
    mayBelongToInbox(fold({ kind: 'unlabelled', labels: ['TRASH'] }, { kind: 'labelled', labels: ['SPAM'] })),
  ).toBe(false)
})
