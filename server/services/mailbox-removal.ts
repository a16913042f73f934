import type { AppContext } from '../context.ts'
import { deleteUnlessSending, findMailsOfMailbox, lockForRemoval } from '../db/emails/removal.ts'
import { deleteEmptyMailbox, isDetached } from '../db/mailboxes/disconnection.ts'
import { HeldError } from '../errors.ts'
import type { MailboxRef } from '../ports.ts'
import { inTransaction } from '../step.ts'

/** In one transaction: nobody is kept waiting long by its locks. */
const batch = 200
const pauseMs = 30_000

/**
 * Deletes a mailbox that is disconnected for good, with its mail and all that was made of it, some mails at a time; whoever
 * is stopped half way is followed by the next. A reply that is being sent is left to its own worker, within minutes it
 * is sent or unknown: HeldError until then, since a row that is taken away would not tell whether it went out.
 */
export async function deleteMailbox(
  ctx: AppContext,
  { userId, mailboxId }: MailboxRef,
  signal: AbortSignal,
): Promise<void> {
  if (!(await isDetached(ctx.db, userId, mailboxId))) return
  while (await deleteSomeMail(ctx, { userId, mailboxId })) signal.throwIfAborted()
  const isGone = await inTransaction(ctx, 'delete-mailbox', (trx) => deleteEmptyMailbox(trx, userId, mailboxId))
  if (isGone) ctx.logger.info({ userId, mailboxId }, 'a mailbox and its mail were deleted')
  else if (await isDetached(ctx.db, userId, mailboxId)) {
    throw new HeldError('a reply of this mailbox is being sent', pauseMs)
  }
}

/** Whether there was any. */
function deleteSomeMail(ctx: AppContext, { userId, mailboxId }: MailboxRef): Promise<boolean> {
  return inTransaction(ctx, 'delete-mail-of-mailbox', async (trx) => {
    const emailIds = await findMailsOfMailbox(trx, userId, mailboxId, batch)
    if (emailIds.length === 0) return false
    await lockForRemoval(trx, userId, emailIds)
    await deleteUnlessSending(trx, userId, emailIds)
    return true
  })
}
