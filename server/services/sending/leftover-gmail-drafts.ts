import type { AppContext } from '../../context.ts'
import { noteGmailDraftCheck } from '../../db/mailboxes/mailboxes.ts'
import { findSendOfGmailDraft } from '../../db/sending/sends.ts'
import type { SendState } from '../../db/sending/sends.ts'
import { loadReply } from '../../db/sending/begin-sending.ts'
import { isUpstream } from '../../errors.ts'
import type { OwnGmailDraft } from '../../mail/fields.ts'
import { wordsOf } from '../../mail/likeness.ts'
import type { MailboxRef } from '../../ports.ts'
import { step } from '../../step.ts'
import { deleteGmailDraft } from './gmail-draft.ts'
import { differencesFrom } from './read-back.ts'

/** By then whoever made a Gmail draft has noted it, or is dead. */
const graceMs = 60 * 60_000
const settled: readonly SendState[] = ['SENT', 'CANCELLED', 'REJECTED', 'NOT_SENT']

/**
 * Deletes what dead workers left in Gmail: drafts with our header that no send of this owner will ever use. What
 * is noted as that of a live send stays, and so does every draft the owner has touched.
 */
export async function deleteLeftoverGmailDrafts(
  ctx: AppContext,
  mailbox: MailboxRef,
  signal: AbortSignal,
): Promise<void> {
  const { userId, mailboxId } = mailbox
  const now = ctx.clock.now()
  // At the beginning: one that fails for good waits for tomorrow like any other.
  const isActive = await step('mark-drafts-swept', () =>
    noteGmailDraftCheck(ctx.db, userId, mailboxId, now.toISOString()),
  )
  if (!isActive) return
  try {
    await deleteLeftovers(ctx, mailbox, { before: new Date(now.getTime() - graceMs), signal })
  } catch (error) {
    // Until tomorrow it is over, and whatever came before would only ask again.
    if (!isUpstream(error, 'daily_limit')) throw error
    ctx.logger.info({ err: error, mailboxId }, 'the limit of the day ended the look for leftover Gmail drafts')
  }
}

async function deleteLeftovers(
  ctx: AppContext,
  mailbox: MailboxRef,
  { before, signal }: { before: Date; signal: AbortSignal },
): Promise<void> {
  const { userId, mailboxId } = mailbox
  const gmailDrafts = await step('gmail-list-drafts', () => ctx.mailSender.listGmailDrafts(mailbox, before, signal))
  for (const gmailDraft of gmailDrafts) {
    if (!(await isLeftover(ctx, mailbox, gmailDraft, signal))) continue
    const ofSend = { ctx, userId, signal, send: { id: gmailDraft.outboxId, mailboxId } }
    await deleteGmailDraft(ofSend, gmailDraft.gmailDraftId)
  }
}

async function isLeftover(
  ctx: AppContext,
  mailbox: MailboxRef,
  gmailDraft: OwnGmailDraft,
  signal: AbortSignal,
): Promise<boolean> {
  const { userId, mailboxId } = mailbox
  if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(gmailDraft.outboxId)) return false
  const send = await findSendOfGmailDraft(ctx.db, userId, { mailboxId, outboxId: gmailDraft.outboxId })
  // The owner's own words by now, although the header is still there.
  if (!send || wordsOf(send.body) !== wordsOf(gmailDraft.text)) return false
  if (!settled.includes(send.state) && send.gmailDraftId === gmailDraft.gmailDraftId) return false
  // The words are ours, but the owner may have made it another mail all the same: to somebody else, or somewhere else.
  const { gmailDraftId } = gmailDraft
  const read = await step('gmail-read-draft', () => ctx.mailSender.readGmailDraft(mailbox, gmailDraftId, signal))
  const reply = await loadReply(ctx.db, userId, send)
  if (!read || !reply) return false
  const approved = { ctx, send, reply: { ...reply, body: send.body } }
  return (await differencesFrom(approved, read)).length === 0
}
