import type { AppContext } from '../../context.ts'
import { findStored, setLabels } from '../../db/emails/labels.ts'
import { dueQuarantined } from '../../db/mailboxes/quarantine.ts'
import { inTransaction } from '../../step.ts'
import { updateSync, type Sync } from './sync-lease.ts'
import { lookUp, settleLookedUp } from './lookup.ts'

const atOnce = 5

/**
 * Asks again for stored mail of which Gmail would not tell its labels; answers what else is quarantined and due, and has to
 * be fetched.
 */
export async function retryDueQuarantined(ctx: AppContext, sync: Sync): Promise<string[]> {
  const { userId, mailboxId } = sync
  const due = { now: ctx.clock.now().toISOString(), limit: atOnce }
  const gmailIds = await dueQuarantined(ctx.db, userId, mailboxId, due)
  const stored = await findStored(ctx.db, userId, mailboxId, gmailIds)
  if (stored.length > 0) {
    const emails = await lookUp(ctx, sync, stored)
    const found = emails.filter(({ kind }) => kind === 'found')
    await inTransaction(ctx, 'settle-rechecked', async (trx) => {
      await updateSync(ctx, trx, sync, {})
      // First, since it takes the runs' locks, which come before those of mails.
      await settleLookedUp(ctx, trx, sync, emails)
      await setLabels(
        trx,
        userId,
        found.map(({ id, labels }) => ({ id, labels, isGone: false })),
      )
    })
  }
  const known = new Set(stored.map(({ gmailId }) => gmailId))
  return gmailIds.filter((gmailId) => !known.has(gmailId))
}
