import type { Transaction } from 'kysely'
import type { Reason } from '../../shared-types/index.ts'
import type { AppContext } from '../context.ts'
import { closeDrafts } from '../db/sending/draft-store.ts'
import { insertNotification } from '../db/accounts/notifications.ts'
import { cancelReadyOfMail, findLiveSend } from '../db/sending/sends.ts'
import { moveEmail } from '../db/emails/status.ts'
import type { DB } from '../db/engine/schema.ts'
import { enqueueSend } from './enqueue-send.ts'

/**
 * Takes a mail that waits for the owner out of their hands, or its draft alone (`to` says where the mail goes): drafts
 * are closed and a send that has not begun is taken back. False when a send has begun: it stays, and its mail. The mail
 * is locked.
 */
export async function closeMail(
  ctx: AppContext,
  trx: Transaction<DB>,
  userId: string,
  emailId: string,
  { to, reason, now }: { to: 'no_reply' | 'needs_review'; reason: Reason; now: string },
): Promise<boolean> {
  const cancelled = await cancelReadyOfMail(trx, userId, emailId, now)
  if (!cancelled && (await findLiveSend(trx, userId, emailId, ['SENDING', 'UNKNOWN']))) return false
  await closeDrafts(trx, userId, emailId)
  await moveEmail(trx, userId, emailId, { from: ['needs_review', 'approved'], to, reasons: [reason] })
  if (!cancelled) return true
  // An earlier try may have made its Gmail draft, which nobody will send.
  await enqueueSend(ctx, trx, userId, cancelled.id)
  // The owner believes that this one goes out.
  await insertNotification(trx, userId, 'draft_superseded', { emailId, draftId: cancelled.draftId }, now)
  return true
}
