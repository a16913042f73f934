import type { AppContext } from '../context.ts'
import { deleteOldNotifications } from '../db/accounts/notifications.ts'
import { getSettings, setRetentionDue } from '../db/accounts/settings.ts'
import { deleteSettledEmails, findOldMails, lockForRemoval } from '../db/emails/removal.ts'
import { raiseSyncedAfter } from '../db/mailboxes/sync.ts'
import { inTransaction, step } from '../step.ts'
import { enqueueDraftDeletions } from './sending/gmail-drafts-of-removed.ts'

const dayMs = 86_400_000
const mailsAtOnce = 100

/**
 * Removes from our database, never from Gmail, what is older than its owner wants it kept, with all that was made of it;
 * what waits for them, or is being worked on, stays until it is settled. The next look is a day later.
 */
export async function applyRetention(ctx: AppContext, userId: string, signal: AbortSignal): Promise<void> {
  const now = ctx.clock.now()
  const { retentionDays } = await getSettings(ctx.db, userId)
  if (retentionDays !== null) {
    const before = new Date(now.getTime() - retentionDays * dayMs).toISOString()
    // First, so that no sync brings back what is removed.
    await step('raise-synced-after', () => raiseSyncedAfter(ctx.db, userId, before))
    while (await removeSome(ctx, userId, before)) signal.throwIfAborted()
    await step('delete-old-notifications', () => deleteOldNotifications(ctx.db, userId, before))
  }
  const nextAt = retentionDays === null ? null : new Date(now.getTime() + dayMs).toISOString()
  await step('plan-retention', () => setRetentionDue(ctx.db, userId, nextAt))
}

/** False when there are no more. */
async function removeSome(ctx: AppContext, userId: string, before: string): Promise<boolean> {
  return inTransaction(ctx, 'remove-old-emails', async (trx) => {
    const wanted = await findOldMails(trx, userId, { before, limit: mailsAtOnce })
    if (wanted.length === 0) return false
    await lockForRemoval(trx, userId, wanted)
    // Under the lock once more: one may have been asked about meanwhile.
    const old = await findOldMails(trx, userId, { before, limit: mailsAtOnce, among: wanted })
    if (old.length > 0) {
      await enqueueDraftDeletions(ctx, trx, userId, old)
      await deleteSettledEmails(trx, userId, old)
    }
    return true
  })
}
