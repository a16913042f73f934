import type { AppContext } from '../context.ts'
import { findAttachment } from '../db/emails/detail.ts'
import { AppError, isUpstream } from '../errors.ts'
import { countCall } from '../security/attempt-limits.ts'
import { step } from '../step.ts'
import { assertActive } from './mailboxes.ts'

const readTimeoutMs = 30_000

/**
 * What a mail has attached, read from Gmail now and kept nowhere. NOT_FOUND, also when the mail is gone from Gmail;
 * MAILBOX_DISCONNECTED, GMAIL_NEEDS_REAUTH, ATTACHMENT_UNREADABLE, RATE_LIMITED, UPSTREAM_FAILED.
 */
export async function readAttachment(
  ctx: AppContext,
  userId: string,
  { emailId, position }: { emailId: string; position: number },
  signal: AbortSignal,
): Promise<{ filename: string; mimeType: string; content: Buffer }> {
  const found = await findAttachment(ctx.db, userId, emailId, position)
  if (!found) throw new AppError('NOT_FOUND', 'There is no such attachment.')
  const { mailboxId, gmailId, filename, mimeType } = found
  await assertActive(ctx.db, userId, mailboxId)
  await countCall(ctx.db, 'attachment', userId)
  const within = AbortSignal.any([signal, AbortSignal.timeout(readTimeoutMs)])
  const mail = await step('read-attachment', () =>
    ctx.mailbox.getMessage({ userId, mailboxId }, gmailId, within),
  ).catch((error: unknown) => {
    if (!isUpstream(error, 'not_found')) throw error
    throw new AppError('NOT_FOUND', 'This e-mail is no longer in Gmail.', { cause: error })
  })
  const content = await ctx.mime.attachment(mail.raw, position)
  if (!content)
    throw new AppError('ATTACHMENT_UNREADABLE', 'This attachment cannot be read here: open the e-mail in Gmail.')
  return { filename, mimeType, content }
}
