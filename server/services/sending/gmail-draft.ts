import type { Reason } from '../../../shared-types/index.ts'
import { updateSend } from '../../db/sending/sends.ts'
import { HeldError, isUpstream, messageOf, type UpstreamError } from '../../errors.ts'
import { step } from '../../step.ts'
import { type ActiveSend, settleAsRejected } from './settle-send.ts'

/** The Gmail draft of this send; null when the send was refused or cancelled meanwhile. */
export async function ensureGmailDraft(active: ActiveSend): Promise<string | null> {
  const { ctx, userId, send, reply, signal } = active
  if (send.gmailDraftId) return send.gmailDraftId
  const raw = await composeOrReject(active)
  if (!raw) return null
  const mailbox = { userId, mailboxId: send.mailboxId }
  try {
    const mail = { threadId: reply.threadId, raw }
    const gmailDraftId = await step('gmail-create-draft', () => ctx.mailSender.createGmailDraft(mailbox, mail, signal))
    return await noteGmailDraft(active, gmailDraftId)
  } catch (error) {
    if (!isRefusal(error) && !isUpstream(error, 'not_found')) throw error
    await settleAsRejected(active, 'READY', refused(error))
    return null
  }
}

/** Null when the send was taken over or cancelled meanwhile: nobody will send this Gmail draft then. */
async function noteGmailDraft(active: ActiveSend, gmailDraftId: string): Promise<string | null> {
  const { ctx, userId, send } = active
  try {
    await step('note-gmail-draft', () => updateSend(ctx.db, userId, send, ['READY'], { gmailDraftId }))
    return gmailDraftId
  } catch (error) {
    if (!(error instanceof HeldError)) throw error
    await tryToDeleteGmailDraft(active, gmailDraftId)
    return null
  }
}

/**
 * What repetition does not cure, so that the owner must see it. Of Gmail alone: when the sign-in is refused, the
 * operator may mend it while the reply waits.
 */
export function isRefusal(error: unknown): error is UpstreamError {
  return isUpstream(error, 'rejected', 'scope_missing', 'domain_policy') && error.vendor === 'gmail'
}

/** The refusal as the owner reads it. */
export function refused(error: UpstreamError): Reason {
  return { code: 'SEND_REFUSED', text: `Gmail refused to send the reply: ${error.message}` }
}

/** The bytes of the reply; null when none can be made of it, which no repetition changes: a person must look. */
async function composeOrReject(active: ActiveSend): Promise<Buffer | null> {
  try {
    return await composeApproved(active)
  } catch (error) {
    const text = `No mail can be made of the reply: ${messageOf(error)}.`
    await settleAsRejected(active, 'READY', { code: 'NOT_COMPOSABLE', text })
    return null
  }
}

/** A reply as it was approved, of a send that is under way or over. */
export interface ApprovedReply extends Pick<ActiveSend, 'ctx'> {
  readonly send: Pick<ActiveSend['send'], 'id' | 'origin'>
  readonly reply: Pick<Reply, 'address' | 'displayName' | 'threadId' | 'toAddresses' | 'subject' | 'body'> &
    Pick<Reply, 'messageId' | 'inReplyTo' | 'referenceIds'>
}

type Reply = ActiveSend['reply']

/** The bytes of what was approved: the same recipients, subject and words however often it is asked for. */
export function composeApproved({ ctx, send, reply }: ApprovedReply): Promise<Buffer> {
  return ctx.mime.compose({
    from: { name: reply.displayName, address: reply.address },
    to: reply.toAddresses,
    cc: [],
    subject: reply.subject,
    text: reply.body,
    inReplyTo: reply.messageId,
    references: referencesOf(reply),
    outboxId: send.id,
    isAutomatic: send.origin === 'agent',
  })
}

/** The references of the mail, or what it answers where it names none, and the mail itself (RFC 5322, 3.6.4). */
function referencesOf({ referenceIds, inReplyTo, messageId }: ApprovedReply['reply']): string[] {
  const parents = referenceIds.length === 0 && inReplyTo !== null ? [inReplyTo] : referenceIds
  return [...parents, ...(messageId === null ? [] : [messageId])]
}

type SendOfDraft = Pick<ActiveSend, 'ctx' | 'userId' | 'signal'> & { readonly send: { id: string; mailboxId: string } }

/** A Gmail draft nobody will send; if it cannot be deleted now it stays until leftover ones are looked for. */
export async function tryToDeleteGmailDraft(ofSend: SendOfDraft, gmailDraftId: string): Promise<void> {
  try {
    await deleteGmailDraft(ofSend, gmailDraftId)
  } catch (error) {
    if (!isUpstream(error)) throw error
    ofSend.ctx.logger.warn({ err: error, outboxId: ofSend.send.id }, 'an unsent Gmail draft could not be deleted')
  }
}

/** The same where it must be gone before anything else happens: throws until it is. */
export function deleteGmailDraft({ ctx, userId, send, signal }: SendOfDraft, gmailDraftId: string): Promise<void> {
  const mailbox = { userId, mailboxId: send.mailboxId }
  return step('gmail-delete-draft', () => ctx.mailSender.deleteGmailDraft(mailbox, gmailDraftId, signal))
}
