import type { AppContext } from '../../context.ts'
import { markDraftsSwept } from '../../db/mailboxes/mailboxes.ts'
import { findSendOfDraft } from '../../db/sending/sends.ts'
import type { SendState } from '../../db/sending/sends.ts'
import { loadReply } from '../../db/sending/begin-sending.ts'
import { isUpstream } from '../../errors.ts'
import type { OwnDraft } from '../../mail/fields.ts'
import { wordsOf } from '../../mail/likeness.ts'
import type { MailboxRef } from '../../ports.ts'
import { step } from '../../step.ts'
import { removeDraft } from './draft.ts'
import { differencesFrom } from './read-back.ts'

/** By then whoever made a draft has noted it, or is dead. */
const graceMs = 60 * 60_000
const settled: readonly SendState[] = ['SENT', 'CANCELLED', 'REJECTED', 'NOT_SENT']

/**
 * Deletes what dead workers left in Gmail's drafts: drafts with our header that no send of this owner will ever use. What
 * is noted as the draft of a live send stays, and so does every draft the owner has touched.
 */
export async function sweepDrafts(ctx: AppContext, mailbox: MailboxRef, signal: AbortSignal): Promise<void> {
  const { userId, mailboxId } = mailbox
  const now = ctx.clock.now()
  // At the beginning: a sweep that fails for good waits for tomorrow like any other.
  const isActive = await step('mark-drafts-swept', () => markDraftsSwept(ctx.db, userId, mailboxId, now.toISOString()))
  if (!isActive) return
  try {
    await deleteOrphans(ctx, mailbox, { before: new Date(now.getTime() - graceMs), signal })
  } catch (error) {
    // Until tomorrow's sweep it is over, and whatever came before would only ask again.
    if (!isUpstream(error, 'daily_limit')) throw error
    ctx.logger.info({ err: error, mailboxId }, 'the limit of the day ended a sweep of drafts')
  }
}

async function deleteOrphans(
  ctx: AppContext,
  mailbox: MailboxRef,
  { before, signal }: { before: Date; signal: AbortSignal },
): Promise<void> {
  const { userId, mailboxId } = mailbox
  const drafts = await step('gmail-list-drafts', () => ctx.mailSender.listDrafts(mailbox, before, signal))
  for (const draft of drafts) {
    if (!(await isOrphan(ctx, mailbox, draft, signal))) continue
    await removeDraft({ ctx, userId, signal, send: { id: draft.outboxId, mailboxId } }, draft.gmailDraftId)
  }
}

async function isOrphan(ctx: AppContext, mailbox: MailboxRef, draft: OwnDraft, signal: AbortSignal): Promise<boolean> {
  const { userId, mailboxId } = mailbox
  if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(draft.outboxId)) return false
  const send = await findSendOfDraft(ctx.db, userId, { mailboxId, outboxId: draft.outboxId })
  // The owner's own words by now, although the header is still there.
  if (!send || wordsOf(send.body) !== wordsOf(draft.text)) return false
  if (!settled.includes(send.state) && send.gmailDraftId === draft.gmailDraftId) return false
  // The words are ours, but the owner may have made it another mail all the same: to somebody else, or somewhere else.
  const { gmailDraftId } = draft
  const read = await step('gmail-read-draft', () => ctx.mailSender.readDraft(mailbox, gmailDraftId, signal))
  const reply = await loadReply(ctx.db, userId, send)
  if (!read || !reply) return false
  const approval = { ctx, send, reply: { ...reply, body: send.body } }
  return (await differencesFrom(approval, read)).length === 0
}
