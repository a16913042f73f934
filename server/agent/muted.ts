import { hasEarlierInThread } from '../db/emails/retrieval.ts'
import { isUpstream } from '../errors.ts'
import { step } from '../step.ts'
import type { StepContext } from './agent-step.ts'
import type { Classification } from './state.ts'

const deadlineMs = 10_000

/**
 * Whether the owner has muted this conversation; undefined when they have not. New mail of a muted one skips the inbox,
 * so nothing is asked for mail that lies in it, nor for the first of a conversation.
 */
export async function askIfMuted({ ctx, input, signal }: StepContext): Promise<Classification['muted']> {
  const { userId, email } = input
  if (email.labels.includes('INBOX') || !(await hasEarlierInThread(ctx.db, userId, email))) return
  const { mailboxId, gmailId, messageId } = email
  const mail = { gmailId, messageId, receivedAt: new Date(email.receivedAt) }
  try {
    const isMuted = await step('gmail-is-muted', () =>
      ctx.mailbox.isMuted({ userId, mailboxId }, mail, AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)])),
    )
    return isMuted ? 'yes' : undefined
  } catch (error) {
    if (signal.aborted || !isUpstream(error)) throw error
    // A draft too many is rejected with a click, while one that waits for Gmail may come too late. It is not sent by itself.
    ctx.logger.warn({ err: error, userId, emailId: email.id }, 'Gmail could not tell whether a conversation is muted')
    return 'unknown'
  }
}
