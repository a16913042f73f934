import type { Transaction } from 'kysely'
import type { AppContext } from '../../context.ts'
import { settledByNewer } from '../../db/newer-in-thread.ts'
import { insertNotification } from '../../db/notifications.ts'
import { findLiveSend } from '../../db/outbox.ts'
import { moveEmail } from '../../db/runs.ts'
import type { DB } from '../../db/schema.ts'
import { cancelReadyOfMail, closeDrafts, lockIfOpen, lockOpenMails, lockThreads } from '../../db/thread-changes.ts'
import { lookForUnknownSend } from '../sending/unknown-sends.ts'

/**
 * Closes what newly stored mails have settled in their threads: the owner answered in Gmail, or a newer message of a
 * person takes over. To be called in the transaction that stored them, before it touches contacts or enqueues runs; a
 * run at work looks for itself when it ends. Says the same however often and in whatever order mail arrives.
 */
export async function settleThreads(
  ctx: AppContext,
  trx: Transaction<DB>,
  userId: string,
  emailIds: readonly string[],
): Promise<void> {
  if (emailIds.length === 0) return
  await lockThreads(trx, userId, emailIds)
  for (const mail of await lockOpenMails(trx, userId, emailIds)) {
    await lookForUnknownSend(ctx, trx, userId, mail.id)
    const reason = await settledByNewer(trx, userId, mail)
    if (reason) await closeMail(ctx, trx, userId, mail.id, reason)
  }
}

/**
 * Takes mails out of the owner's hands, with the reason in a sentence: their drafts are closed and sends that have not
 * begun are cancelled. A send that has begun stays, and with it its mail.
 */
export async function withdrawEmails(
  ctx: AppContext,
  trx: Transaction<DB>,
  userId: string,
  emailIds: readonly string[],
  reason: string,
): Promise<void> {
  if (emailIds.length === 0) return
  for (const { id } of await lockIfOpen(trx, userId, emailIds)) await closeMail(ctx, trx, userId, id, reason)
}

/** The mail is locked and waits for the owner. */
async function closeMail(
  ctx: AppContext,
  trx: Transaction<DB>,
  userId: string,
  emailId: string,
  reason: string,
): Promise<void> {
  const now = ctx.clock.now().toISOString()
  const cancelled = await cancelReadyOfMail(trx, userId, emailId, now)
  if (!cancelled && (await findLiveSend(trx, userId, emailId, ['SENDING', 'UNKNOWN']))) return
  await closeDrafts(trx, userId, emailId)
  await moveEmail(trx, userId, emailId, { from: ['needs_review', 'approved'], to: 'no_reply', reasons: [reason] })
  if (!cancelled) return
  // An earlier try may have made its draft in Gmail, which nobody will send.
  await ctx.jobs.enqueue(trx, 'dispatch-outbox', { userId, outboxId: cancelled.id })
  // The owner believes that this one goes out.
  await insertNotification(trx, userId, 'draft_superseded', { emailId, draftId: cancelled.draftId }, now)
}
