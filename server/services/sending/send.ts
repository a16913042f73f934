import type { MailboxStatus, Reason, ReasonCode } from '../../../shared-types/index.ts'
import { moveDraft } from '../../db/sending/drafts.ts'
import { findSend } from '../../db/sending/sends.ts'
import { beginSending, findDisputedSends } from '../../db/sending/begin-sending.ts'
import { getSettings, lockSettings } from '../../db/accounts/settings.ts'
import { contentHash } from '../../mail/content-hash.ts'
import { likenessOf } from '../../mail/likeness.ts'
import { isSenderAlone } from '../../mail/recipients.ts'
import { inTransaction, step } from '../../step.ts'
import { automaticObstacle } from './automatic-send.ts'
import { tryToDeleteGmailDraft, ensureGmailDraft, isRefusal, refused, deleteGmailDraft } from './gmail-draft.ts'
import { type Obstacle, withdrawOrPostpone } from './postpone.ts'
import { type ReadBack, readBack } from './read-back.ts'
import { type ActiveSend, settleAsRejected, settleAsSent, withdraw } from './settle-send.ts'

/** A reply that could not go out for so long is read again before it does. */
const staleMs = 24 * 3_600_000
/** How long until a mailbox that may not be used is asked about again. */
const mailboxPauseMs = 5 * 60_000

/** The first try of an approved reply: nothing has been sent, nor can have been. */
export async function sendFirst(active: ActiveSend): Promise<void> {
  const obstacle = (await findObstacle(active)) ?? (await findEarlierSend(active))
  if (obstacle) return withdrawOrPostpone(active, obstacle)
  const gmailDraftId = await ensureGmailDraft(active)
  if (gmailDraftId === null) return
  const found = await readBack(active, gmailDraftId)
  if (found.kind !== 'as-approved') return withdrawAltered(active, found)
  const mark = await markSending(active)
  if (mark === 'marked') await sendGmailDraft(active, gmailDraftId)
  else if (mark === 'cancelled') await tryToDeleteGmailDraft(active, gmailDraftId)
  else await withdrawOrPostpone(active, mark)
}

/**
 * Nobody has begun to send, so that nothing went out from here, nor can. A changed Gmail draft is the owner's own by now and
 * stays in Gmail; one that is gone may be there under another id, as Gmail's page saves an edit, and is not made again.
 */
function withdrawAltered(active: ActiveSend, found: Exclude<ReadBack, { kind: 'as-approved' }>): Promise<void> {
  if (found.kind === 'altered') {
    const stays = 'It was not sent, and stays among the drafts in Gmail as yours: send or delete it there, as you like.'
    return withdraw(active, [...found.reasons, { code: 'NOT_AS_APPROVED', text: stays }], { keepsGmailDraft: true })
  }
  const text =
    'The draft of your reply is gone from Gmail: it was deleted, edited or sent there. It was not sent from here.'
  return withdraw(active, [{ code: 'NOT_AS_APPROVED', text }])
}

async function findObstacle(active: ActiveSend): Promise<Obstacle | null> {
  const { ctx, userId, send, reply } = active
  const now = ctx.clock.now().getTime()
  if (!isAsApproved(active)) {
    return withdrawal('NOT_AS_APPROVED', 'The draft is not the one that was approved.')
  }
  if (now - new Date(send.notBefore).getTime() > staleMs) {
    return withdrawal('WAITED_TOO_LONG', 'It could not go out for more than a day, and did not: does it still fit?')
  }
  if (reply.mailboxStatus !== 'active') {
    return { kind: 'wait', until: new Date(now + mailboxPauseMs), reason: mailboxReason(reply.mailboxStatus) }
  }
  return send.origin === 'agent' ? automaticObstacle(ctx.db, active, await getSettings(ctx.db, userId)) : null
}

function withdrawal(code: ReasonCode, text: string): Obstacle {
  return { kind: 'withdraw', reasons: [{ code, text }] }
}

function mailboxReason(status: Exclude<MailboxStatus, 'active'>): Reason {
  const [code, why] =
    status === 'needs_reauth'
      ? (['MAILBOX_NEEDS_REAUTH', 'Google asks for your consent again'] as const)
      : (['MAILBOX_DISCONNECTED', 'the mailbox is disconnected'] as const)
  return { code, text: `It waits, because ${why}: connect the mailbox within a day, or it comes back to review.` }
}

/** Approval binds these very words and recipients; what nobody has read goes to the sender of the mail and nobody else. */
function isAsApproved({ send, reply }: ActiveSend): boolean {
  const { toAddresses: to, subject, body } = reply
  const hash = contentHash({ to, subject, body, version: send.draftVersion })
  if (!hash.equals(send.contentHash) || !hash.equals(reply.versionHash)) return false
  return send.origin === 'owner' || isSenderAlone(to, reply)
}

/**
 * An earlier reply to this mail that the owner believes was not sent: its Gmail draft must be gone before another one
 * goes out, and should the conversation show by now that it was sent, no other does.
 */
async function findEarlierSend(active: ActiveSend): Promise<Obstacle | null> {
  const { ctx, userId, send, reply, signal } = active
  const mailbox = { userId, mailboxId: send.mailboxId }
  for (const earlier of await findDisputedSends(ctx.db, userId, send.emailId)) {
    const { id, gmailDraftId, body, sendingSince } = earlier
    if (gmailDraftId) await deleteGmailDraft({ ...active, send: { id, mailboxId: send.mailboxId } }, gmailDraftId)
    const likeness = likenessOf({ messageId: reply.messageId, body }, sendingSince)
    const wanted = { threadId: reply.threadId, outboxId: id, likeness }
    if (await step('gmail-find-sent', () => ctx.mailSender.findSent(mailbox, wanted, signal))) {
      const text = 'Your earlier reply was sent after all: it stands in its conversation in Gmail. This one was not.'
      return withdrawal('EARLIER_REPLY_SENT', text)
    }
  }
  return null
}

/** The last look before the point of no return, at everything that may have changed: what it may have to yield to. */
async function markSending(active: ActiveSend): Promise<'marked' | 'cancelled' | Obstacle> {
  const { ctx, userId, send } = active
  const sendingSince = ctx.clock.now().toISOString()
  const mark = await inTransaction(ctx, 'mark-sending', async (trx) => {
    if (send.origin === 'agent') {
      const obstacle = await automaticObstacle(trx, active, await lockSettings(trx, userId))
      if (obstacle) return obstacle
    }
    if (!(await beginSending(trx, userId, send, sendingSince))) return null
    const wanted = { version: send.draftVersion, from: 'approved', to: 'sending' } as const
    if (!(await moveDraft(trx, userId, send.draftId, wanted))) throw new Error('the draft is not approved any more')
    return 'marked'
  })
  if (mark) return mark
  const current = await findSend(ctx.db, userId, send.id)
  if (current?.state === 'CANCELLED') return 'cancelled'
  throw new Error('this send may not go out now: its mailbox or approval has changed')
}

/** Sends exactly this Gmail draft, and never asks twice: what is not known to have failed stays SENDING and is looked up. */
export async function sendGmailDraft(active: ActiveSend, gmailDraftId: string): Promise<void> {
  const { ctx, userId, send, signal } = active
  const mailbox = { userId, mailboxId: send.mailboxId }
  try {
    const { gmailId } = await step('gmail-send-draft', () =>
      ctx.mailSender.sendGmailDraft(mailbox, gmailDraftId, signal),
    )
    await settleAsSent(active, gmailId)
  } catch (error) {
    // Only a plain refusal of the first try is known not to have gone out: before a later one, an earlier may have.
    if (send.state !== 'READY' || !isRefusal(error)) throw error
    await settleAsRejected(active, 'SENDING', refused(error))
  }
}
