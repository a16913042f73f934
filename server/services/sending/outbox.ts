import type { AppContext } from '../../context.ts'
import { claimSend, findSend, updateSend } from '../../db/sending/outbox.ts'
import { loadReply } from '../../db/sending/outbox-sending.ts'
import { HeldError, messageOf, reasonOf, retryTimeOf } from '../../errors.ts'
import { claim, heldByAnother, release } from '../../lease.ts'
import { step } from '../../step.ts'
import { removeDraft } from './draft.ts'
import { recheck, reconcile } from './reconcile.ts'
import { sendFirst } from './send.ts'
import type { Dispatch } from './settle-send.ts'

interface Wanted {
  readonly userId: string
  readonly outboxId: string
}

/**
 * Sends an approved reply, draft first: a Gmail draft is made and noted, then exactly that draft is sent if it still reads
 * as it was approved, once, and no layer repeats it. A send whose outcome is not known is looked up in the thread. Throws while something is unsettled,
 * so that the job comes again; what waits for a moment of its own has a job for it.
 */
export async function dispatchOutbox(
  ctx: AppContext,
  { userId, outboxId }: Wanted,
  signal: AbortSignal,
): Promise<void> {
  const entry = await claim(ctx.clock, (by) => step('claim-outbox', () => claimSend(ctx.db, userId, outboxId, by)))
  if (!entry) return comeAgainIfLive(ctx, { userId, outboxId }, signal)
  const { mailboxId, emailId, state, origin } = entry
  ctx.logger.info({ userId, outboxId, mailboxId, emailId, state, origin }, 'a send begins')
  try {
    const reply = await loadReply(ctx.db, userId, entry)
    if (!reply) throw new Error('the approved draft of this send is gone')
    await advance({ ctx, userId, entry, reply, signal })
  } catch (error) {
    await releaseFailed(ctx, { userId, entry }, error)
    throw error
  }
}

function advance(dispatch: Dispatch): Promise<void> {
  const { state } = dispatch.entry
  if (state === 'READY') return sendFirst(dispatch)
  return state === 'SENDING' ? reconcile(dispatch) : recheck(dispatch)
}

/** So that the next try need not wait for the lease to lapse; but for the moment Gmail named, if it named one. */
function releaseFailed(ctx: AppContext, { userId, entry }: Pick<Dispatch, 'userId' | 'entry'>, error: unknown) {
  const retryAt = retryTimeOf(error, ctx.clock.now())?.toISOString() ?? null
  const changes = { leaseUntil: null, retryAt, error: reasonOf(error) }
  ctx.logger.warn({ userId, outboxId: entry.id, reason: messageOf(error), retryAt }, 'a send failed for now')
  return release(ctx, { outboxId: entry.id }, () =>
    step('release-outbox', () => updateSend(ctx.db, userId, entry, ['READY', 'SENDING'], changes)),
  )
}

async function comeAgainIfLive(ctx: AppContext, { userId, outboxId }: Wanted, signal: AbortSignal): Promise<void> {
  const entry = await findSend(ctx.db, userId, outboxId)
  switch (entry?.state) {
    case undefined:
    // Looked for again by the sweep.
    case 'UNKNOWN':
      return
    case 'READY':
    case 'SENDING':
      // What waits for a moment has a job of its own for it.
      if (entry.retryAt && new Date(entry.retryAt) > ctx.clock.now()) return
      throw heldOrEarly(ctx, entry)
    case 'CANCELLED':
    case 'REJECTED':
    case 'NOT_SENT':
    case 'SENT':
      // Gmail should not keep what nobody will send. A draft that was sent, as Gmail's own id of the mail shows, is gone.
      if (entry.gmailDraftId && !entry.gmailMessageId) {
        await removeDraft({ ctx, userId, entry, signal }, entry.gmailDraftId)
      }
  }
}

function heldOrEarly({ clock }: AppContext, entry: { leaseUntil: string | null; notBefore: string }): HeldError {
  const dueInMs = new Date(entry.notBefore).getTime() - clock.now().getTime()
  if (dueInMs > 0) return new HeldError('this send is not due yet', dueInMs)
  return heldByAnother(clock, 'this send', entry.leaseUntil)
}
