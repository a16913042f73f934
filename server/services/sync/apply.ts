import type { AppContext } from '../../context.ts'
import { findStored, setLabels, type StoredEmail } from '../../db/emails/labels.ts'
import { inTransaction } from '../../step.ts'
import { isLeftOut, labelsAfter, mayBelongToInbox, type MessageChange } from './changes.ts'
import { updateSync, type Sync } from './sync-lease.ts'
import { removeEmails } from './removal.ts'

/** A message that is not stored and may belong to the inbox, and the history id at which it came. */
export interface Arrival {
  readonly gmailId: string
  readonly at: bigint
}

/** Labels or removes what is stored; answers what is not. */
export async function applyChanges(
  ctx: AppContext,
  sync: Sync,
  changes: readonly (readonly [gmailId: string, change: MessageChange])[],
): Promise<Arrival[]> {
  const { userId, mailboxId } = sync
  const gmailIds = changes.map(([gmailId]) => gmailId)
  const stored = new Map((await findStored(ctx.db, userId, mailboxId, gmailIds)).map((email) => [email.gmailId, email]))
  const moved = changes.flatMap(([gmailId, change]) => {
    const email = stored.get(gmailId)
    return email && isNews(email, change) ? [outcomeOf(email, change)] : []
  })
  if (moved.length > 0) {
    const gone = moved.filter(({ isGone }) => isGone).map(({ id }) => id)
    await inTransaction(ctx, 'apply-changes', async (trx) => {
      await updateSync(ctx, trx, sync, {})
      // First, since it takes the runs' locks, which come before those of mails.
      await removeEmails(ctx, trx, userId, gone)
      await setLabels(trx, userId, moved)
    })
  }
  return changes.flatMap(([gmailId, change]) =>
    !stored.has(gmailId) && mayBelongToInbox(change) ? [{ gmailId, at: change.cameAt }] : [],
  )
}

function isNews({ labels, goneAt }: StoredEmail, change: MessageChange): boolean {
  if (change.isDeleted) return true
  const hasMoved = [...change.labels].some(([label, isOn]) => labels.includes(label) !== isOn)
  return hasMoved || (goneAt !== null && mayBelongToInbox(change))
}

function outcomeOf({ id, labels, goneAt }: StoredEmail, change: MessageChange) {
  const after = labelsAfter(labels, change)
  const hasReturned = goneAt !== null && mayBelongToInbox(change)
  const isGone = change.isDeleted || isLeftOut(after) || (goneAt !== null && !hasReturned)
  return { id, labels: after, isGone }
}
