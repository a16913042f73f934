import type { Reason } from '../../../shared-types/index.ts'
import type { StoredGmailDraft } from '../../mail/fields.ts'
import { step } from '../../step.ts'
import { type ApprovedReply, composeApproved } from './gmail-draft.ts'
import { contentOf, differencesBetween } from './reply-content.ts'
import type { ActiveSend } from './settle-send.ts'

/** What became of a Gmail draft since it was made. */
export type ReadBack =
  | { readonly kind: 'as-approved' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'altered'; readonly reasons: readonly Reason[] }

/**
 * Looks before every `drafts.send` whether the Gmail draft still is what was approved. Between this look and the send Gmail
 * offers no compare-and-set: who changes it in that moment, or while a worker hangs in it, changes what goes out.
 */
export async function readBack(active: ActiveSend, gmailDraftId: string): Promise<ReadBack> {
  const { ctx, userId, send, signal } = active
  const mailbox = { userId, mailboxId: send.mailboxId }
  const gmailDraft = await step('gmail-read-draft', () => ctx.mailSender.readGmailDraft(mailbox, gmailDraftId, signal))
  if (!gmailDraft) return { kind: 'gone' }
  const differences = await differencesFrom(active, gmailDraft)
  if (differences.length === 0) return { kind: 'as-approved' }
  const text = 'The draft of your reply was changed in Gmail: it is not what you approved.'
  return { kind: 'altered', reasons: [{ code: 'NOT_AS_APPROVED', text }, ...differences] }
}

/**
 * Where a Gmail draft is not what was approved. Both are read by the same parser, so that what Gmail or a mail program
 * writes in another way (names, folded lines, encodings, the order of headers) is no difference.
 */
export async function differencesFrom(approved: ApprovedReply, gmailDraft: StoredGmailDraft): Promise<Reason[]> {
  const { ctx, reply } = approved
  const [wanted, found] = await Promise.all([
    composeApproved(approved).then((raw) => ctx.mime.parse(raw)),
    ctx.mime.parse(gmailDraft.raw),
  ])
  // Gmail has not taken it for a reply, for its subject or for want of a Message-ID. Who gets it sees the same reply.
  const threadId = gmailDraft.isAlone ? reply.threadId : gmailDraft.threadId
  return differencesBetween(contentOf(wanted, reply.threadId), contentOf(found, threadId))
}
