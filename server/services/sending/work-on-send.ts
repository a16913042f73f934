import type { AppContext } from '../../context.ts'
import { claimSend, findSend, updateSend } from '../../db/sending/sends.ts'
import { loadReply } from '../../db/sending/begin-sending.ts'
import { HeldError, messageOf, reasonOf, retryTimeOf } from '../../errors.ts'
import { claim, heldByAnother, release } from '../../lease.ts'
import { step } from '../../step.ts'
import { deleteGmailDraft } from './gmail-draft.ts'
import { recheckUnknown, reconcileSend } from './reconcile-send.ts'
import { sendFirst } from './send.ts'
import type { ActiveSend } from './settle-send.ts'

interface Wanted {
  readonly userId: string
  readonly outboxId: string
}

/**
 * Sends an approved reply, Gmail draft first: one is made and noted, then exactly that one is sent if it still reads as it was
 * approved, once, and no layer repeats it. A send whose outcome is not known is looked up in the thread. Throws while
 * something is unsettled, so that the job is retried; what waits for a moment of its own has a job for it.
 */
export async function workOnSend(ctx: AppContext, { userId, outboxId }: Wanted, signal: AbortSignal): Promise<void> {
  const send = await claim(ctx.clock, (by) => step('claim-outbox', () => claimSend(ctx.db, userId, outboxId, by)))
  if (!send) return retryIfLive(ctx, { userId, outboxId }, signal)
  const { mailboxId, emailId, state, origin } = send
  ctx.logger.info({ userId, outboxId, mailboxId, emailId, state, origin }, 'a send begins')
  try {
    const reply = await loadReply(ctx.db, userId, send)
    if (!reply) throw new Error('the approved draft of this send is gone')
    await advance({ ctx, userId, send, reply, signal })
  } catch (error) {
    await releaseFailed(ctx, { userId, send }, error)
    throw error
  }
}

function advance(active: ActiveSend): Promise<void> {
  const { state } = active.send
  if (state === 'READY') return sendFirst(active)
  return state === 'SENDING' ? reconcileSend(active) : recheckUnknown(active)
}

/** So that the next try need not wait for the lease to lapse; but for the moment Gmail named, if it named one. */
function releaseFailed(ctx: AppContext, { userId, send }: Pick<ActiveSend, 'userId' | 'send'>, error: unknown) {
  const retryAt = retryTimeOf(error, ctx.clock.now())?.toISOString() ?? null
  const changes = { leaseUntil: null, retryAt, error: reasonOf(error) }
  ctx.logger.warn({ userId, outboxId: send.id, reason: messageOf(error), retryAt }, 'a send failed for now')
  return release(ctx, { outboxId: send.id }, () =>
    step('release-outbox', () => updateSend(ctx.db, userId, send, ['READY', 'SENDING'], changes)),
  )
}

async function retryIfLive(ctx: AppContext, { userId, outboxId }: Wanted, signal: AbortSignal): Promise<void> {
  const send = await findSend(ctx.db, userId, outboxId)
  switch (send?.state) {
    case undefined:
    // Looked for again by the sweep.
    case 'UNKNOWN':
      return
    case 'READY':
    case 'SENDING':
      // What waits for a moment has a job of its own for it.
      if (send.retryAt && new Date(send.retryAt) > ctx.clock.now()) return
      throw notClaimable(ctx, send)
    case 'CANCELLED':
    case 'REJECTED':
    case 'NOT_SENT':
    case 'SENT':
      // Gmail should not keep what nobody will send. One that was sent, as Gmail's own id of the mail shows, is gone.
      if (send.gmailDraftId && !send.gmailMessageId) {
        await deleteGmailDraft({ ctx, userId, send, signal }, send.gmailDraftId)
      }
  }
}

function notClaimable({ clock }: AppContext, send: { leaseUntil: string | null; notBefore: string }): HeldError {
  const dueInMs = new Date(send.notBefore).getTime() - clock.now().getTime()
  if (dueInMs > 0) return new HeldError('this send is not due yet', dueInMs)
  return heldByAnother(clock, 'this send', send.leaseUntil)
}
