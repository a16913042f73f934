import type { AppContext } from '../context.ts'
import { contentHash } from '../db/draft-store.ts'
import { moveDraft } from '../db/drafts.ts'
import { beginSending, claimEntry, findEntry, loadReply, moveEntry } from '../db/outbox.ts'
import { isUpstream, reasonOf } from '../errors.ts'
import { step } from '../step.ts'
import { discardDraft, ensureDraft } from './outbox-draft.ts'
import { type Dispatch, settleAsRejected, settleAsSent, settleAsUnknown, withdraw } from './outbox-settle.ts'

const leaseMs = 60_000
/** How long Gmail's thread view may lag behind a send before a person is asked. */
const visibilityBoundMs = 10 * 60_000

/**
 * Sends an approved reply, draft first: a Gmail draft is made and noted, then exactly that draft is sent, once, and no
 * layer repeats it. A send whose outcome is not known is looked up in the thread. Throws while something is unsettled,
 * so that the job comes again.
 */
export async function dispatchOutbox(
  ctx: AppContext,
  { userId, outboxId }: { userId: string; outboxId: string },
  signal: AbortSignal,
): Promise<void> {
  const now = ctx.clock.now()
  const lease = { now: now.toISOString(), until: new Date(now.getTime() + leaseMs).toISOString() }
  const entry = await step('claim-outbox', () => claimEntry(ctx.db, userId, outboxId, lease))
  if (!entry) return comeAgainIfLive(ctx, { userId, outboxId, signal })
  const reply = await loadReply(ctx.db, userId, entry)
  if (!reply) throw new Error('the approved draft of this send is gone')
  const dispatch: Dispatch = { ctx, userId, entry, reply, signal }
  try {
    await (entry.state === 'READY' ? sendFirst(dispatch) : reconcile(dispatch))
  } catch (error) {
    await release(dispatch, error)
    throw error
  }
}

/** So that the next try need not wait for the lease to lapse. */
async function release({ ctx, userId, entry }: Dispatch, error: unknown): Promise<void> {
  const changes = { leaseUntil: null, error: reasonOf(error) }
  try {
    await step('release-outbox', () => moveEntry(ctx.db, userId, entry, ['READY', 'SENDING'], changes))
  } catch (failure) {
    ctx.logger.warn({ err: failure, outboxId: entry.id }, 'the lease of a send could not be given back')
  }
}

async function comeAgainIfLive(
  ctx: AppContext,
  { userId, outboxId, signal }: { userId: string; outboxId: string; signal: AbortSignal },
): Promise<void> {
  const entry = await findEntry(ctx.db, userId, outboxId)
  if (entry?.state === 'READY' || entry?.state === 'SENDING')
    throw new Error('this send is not due yet or held by another worker')
  // Cancelled after an earlier try had made the draft: Gmail should not keep what nobody will send.
  if (entry?.state === 'CANCELLED' && entry.gmailDraftId)
    await discardDraft({ ctx, userId, entry, signal }, entry.gmailDraftId)
}

async function sendFirst(dispatch: Dispatch): Promise<void> {
  const { entry, reply } = dispatch
  // Approval binds these very bytes: anything else goes back to the person.
  const hash = contentHash({
    to: reply.toAddresses,
    subject: reply.subject,
    body: reply.body,
    version: entry.draftVersion,
  })
  if (!hash.equals(entry.contentHash) || !hash.equals(reply.versionHash)) {
    await withdraw(dispatch, 'The draft is not the one that was approved.')
    if (entry.gmailDraftId) await discardDraft(dispatch, entry.gmailDraftId)
    return
  }
  const draftId = await ensureDraft(dispatch)
  if (draftId === null) return
  if (await markSending(dispatch)) await send(dispatch, draftId)
  else await discardDraft(dispatch, draftId)
}

/** The last look before the point of no return; false when the owner cancelled or something changed. */
async function markSending(dispatch: Dispatch): Promise<boolean> {
  const { ctx, userId, entry } = dispatch
  const sendingSince = ctx.clock.now().toISOString()
  const isMarked = await step('mark-sending', () =>
    ctx.db.transaction().execute(async (trx) => {
      const marked = await beginSending(trx, userId, entry, sendingSince)
      if (!marked) return false
      const wanted = { version: entry.draftVersion, from: 'approved', to: 'sending' } as const
      if (!(await moveDraft(trx, userId, entry.draftId, wanted))) throw new Error('the draft is not approved any more')
      return true
    }),
  )
  if (isMarked) return true
  const current = await findEntry(ctx.db, userId, entry.id)
  if (current?.state !== 'CANCELLED')
    throw new Error('this send may not go out now: its mailbox or approval has changed')
  return false
}

async function send(dispatch: Dispatch, gmailDraftId: string): Promise<void> {
  const { ctx, userId, entry, signal } = dispatch
  const mailbox = { userId, mailboxId: entry.mailboxId }
  try {
    const { gmailId } = await step('gmail-send-draft', () => ctx.mailSender.sendDraft(mailbox, gmailDraftId, signal))
    await settleAsSent(dispatch, gmailId)
  } catch (error) {
    // Only a plain refusal of the first try is known not to have gone out; all else stays SENDING and is looked up.
    if (entry.state !== 'READY' || !isUpstream(error, 'rejected')) throw error
    await settleAsRejected(dispatch, 'SENDING', `Gmail refused to send the reply: ${error.message}`)
    await discardDraft(dispatch, gmailDraftId)
  }
}

/** A worker died or lost an answer after SENDING: look before doing anything. Past the bound a person is asked. */
async function reconcile(dispatch: Dispatch): Promise<void> {
  const { ctx, entry } = dispatch
  const waitedMs = ctx.clock.now().getTime() - new Date(entry.sendingSince ?? 0).getTime()
  try {
    if (await lookAgain(dispatch)) return
    if (waitedMs < visibilityBoundMs) throw new Error('the sent mail is not visible in its thread yet')
  } catch (error) {
    if (waitedMs < visibilityBoundMs || !isUpstream(error)) throw error
    ctx.logger.warn({ err: error, outboxId: entry.id }, 'whether a reply was sent cannot be found out')
  }
  await settleAsUnknown(dispatch)
}

/** Whether that settled it: found in the thread, or its draft was still there and is sent now. */
async function lookAgain(dispatch: Dispatch): Promise<boolean> {
  const { ctx, userId, entry, reply, signal } = dispatch
  const mailbox = { userId, mailboxId: entry.mailboxId }
  const wanted = { threadId: reply.threadId, outboxId: entry.id }
  const sent = await step('gmail-find-sent', () => ctx.mailSender.findSent(mailbox, wanted, signal))
  if (sent) await settleAsSent(dispatch, sent.gmailId)
  if (sent) return true
  const { gmailDraftId } = entry
  if (!gmailDraftId) return false
  const isThere = await step('gmail-has-draft', () => ctx.mailSender.hasDraft(mailbox, gmailDraftId, signal))
  if (isThere) await send(dispatch, gmailDraftId)
  return isThere
}
