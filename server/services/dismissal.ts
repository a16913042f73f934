import type { EmailItem, EmailStatus, ErrorReason, Reason } from '../../shared-types/index.ts'
import type { AppContext } from '../context.ts'
import { getEmailItem } from '../db/emails/emails.ts'
import { findLiveRun } from '../db/runs/runs.ts'
import { AppError } from '../errors.ts'
import { inTransaction } from '../step.ts'
import { answeredRefusals, lockInbound, sendUnresolved } from './runs.ts'
import { withdrawEmails } from './sync/thread-changes.ts'

const reason: Reason = { code: 'DISMISSED', text: 'You said that there is nothing to answer.' }

/**
 * The owner says that a mail in review needs no reply: its draft is closed, which teaches nothing. What that draft was to
 * answer too is worked on anew. Said twice it is as said once. CONFLICT for a mail that is not in review.
 */
export function dismissEmail(ctx: AppContext, userId: string, emailId: string): Promise<EmailItem> {
  return inTransaction(ctx, 'dismiss-email', async (trx) => {
    const { status } = await lockInbound(trx, userId, emailId)
    const refusal = refusals[status]
    if (refusal) throw new AppError(...refusal)
    if (await findLiveRun(trx, userId, emailId)) throw new AppError(...working)
    await withdrawEmails(ctx, trx, userId, [emailId], reason)
    const email = await getEmailItem(trx, userId, emailId)
    if (email.status === 'needs_review') throw sendUnresolved()
    return email
  })
}

const working = ['EMAIL_IN_PROGRESS', 'The agent is working on this e-mail. Wait until it is done.'] as const

const refusals: Partial<Record<EmailStatus, readonly [ErrorReason, string]>> = {
  ...answeredRefusals,
  pending: working,
  processing: working,
  rejected: ['DRAFT_NOT_PENDING', 'You rejected the reply to this e-mail: it waits for nothing any more.'],
}
