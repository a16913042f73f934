import type { Draft, DraftVersionInput, ResolveSendInput } from '../../../shared-types/index.ts'
import { enqueueSend } from '../../agent/enqueue-send.ts'
import type { AppContext } from '../../context.ts'
import { noteContacted } from '../../db/emails/contacts.ts'
import { moveMailsOfDraft } from '../../db/sending/draft-emails.ts'
import { moveDraft } from '../../db/sending/drafts.ts'
import { findUnknownSend, settleUnknown } from '../../db/sending/sends.ts'
import { isUpstream } from '../../errors.ts'
import { decideOnDraft, whyNotResolved } from '../draft-decision.ts'
import { deleteGmailDraft } from './gmail-draft.ts'

/**
 * The owner has looked into Gmail and says whether a send of unknown outcome went out. A Gmail draft that is left of it is
 * deleted, so that it can never go out beside what follows. SEND_NOT_UNKNOWN once it has shown itself or was settled; an
 * UpstreamError while that one cannot be deleted, and nothing is settled.
 */
export async function resolveSend(
  ctx: AppContext,
  userId: string,
  { draftId, version, outcome }: ResolveSendInput,
): Promise<Draft> {
  const { state, draft: to, email: emailTo, reason } = outcomes[outcome]
  if (outcome === 'not_sent') await deleteUnsentGmailDraft(ctx, userId, { draftId, version })
  return decideOnDraft(ctx, 'resolve-send', userId, draftId, async (trx, now, email) => {
    const settledAt = now.toISOString()
    const send = await settleUnknown(trx, userId, draftId, { state, settledAt })
    const draft = send && (await moveDraft(trx, userId, draftId, { version, from: 'unknown', to }))
    if (!send || !draft) throw await whyNotResolved(trx, userId, { draftId, version })
    const mails = { draftId, emailId: email.id }
    await moveMailsOfDraft(trx, userId, mails, { from: ['needs_review'], to: emailTo, reasons: [reason] })
    if (outcome === 'sent') {
      for (const { address } of draft.toAddresses) await noteContacted(trx, userId, address, settledAt)
    }
    if (send.gmailDraftId) await enqueueSend(ctx, trx, userId, send.id)
  })
}

/** A worker that hangs may still have this Gmail draft in its hands: not before it is gone can it never be sent. */
async function deleteUnsentGmailDraft(ctx: AppContext, userId: string, wanted: DraftVersionInput): Promise<void> {
  const send = await findUnknownSend(ctx.db, userId, wanted)
  if (!send?.gmailDraftId) return
  try {
    await deleteGmailDraft({ ctx, userId, send, signal: ctx.stopping }, send.gmailDraftId)
  } catch (error) {
    // Where the grant is dead nobody can send it either.
    if (!isUpstream(error, 'needs_reauth')) throw error
  }
}

const outcomes = {
  sent: {
    state: 'SENT',
    draft: 'sent',
    email: 'sent',
    reason: { code: 'OWNER_FOUND_SENT', text: 'You found your reply in Gmail.' },
  },
  not_sent: {
    state: 'NOT_SENT',
    draft: 'pending',
    email: 'needs_review',
    reason: { code: 'OWNER_FOUND_UNSENT', text: 'You found that your reply was not sent. You may approve it again.' },
  },
} as const
