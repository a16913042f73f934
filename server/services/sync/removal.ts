import type { Transaction } from 'kysely'
import type { AppContext } from '../../context.ts'
import { deleteSettledEmails, lockForRemoval, markGone } from '../../db/emails/removal.ts'
import type { DB } from '../../db/engine/schema.ts'
import { inTransaction } from '../../step.ts'
import { enqueueDraftDeletions } from '../sending/gmail-drafts-of-removed.ts'
import { withdrawEmails } from './thread-changes.ts'

/**
 * Removes mails that are gone from the owner's inbox, with all that was made of them: what was approved is called off.
 * A mail whose reply is on its way, or may be, is only marked: its send is what keeps a second reply from going out.
 */
export async function removeEmails(
  ctx: AppContext,
  trx: Transaction<DB>,
  userId: string,
  emailIds: readonly string[],
): Promise<void> {
  if (emailIds.length === 0) return
  await lockForRemoval(trx, userId, emailIds)
  const reason = { code: 'REMOVED', text: 'You removed this message in Gmail.' } as const
  await withdrawEmails(ctx, trx, userId, emailIds, reason)
  await enqueueDraftDeletions(ctx, trx, userId, emailIds)
  await deleteSettledEmails(trx, userId, emailIds)
  await markGone(trx, userId, emailIds, ctx.clock.now().toISOString())
}

/** Removes mails that were only marked, now that no reply to them is under way. */
export async function removeGoneEmails(
  ctx: AppContext,
  emails: readonly { userId: string; id: string }[],
): Promise<void> {
  for (const { userId, id } of emails) {
    await inTransaction(ctx, 'remove-gone-email', (trx) => removeEmails(ctx, trx, userId, [id]))
  }
}
