import type { Transaction } from 'kysely'
import type { EmailStatus, Reason } from '../../shared-types/index.ts'
import type { AppContext } from '../context.ts'
import { findAnsweringDraft, insertDraftEmails } from '../db/sending/draft-emails.ts'
import { supersedeDrafts } from '../db/sending/draft-store.ts'
import { moveEmail } from '../db/emails/status.ts'
import type { DB } from '../db/engine/schema.ts'
import { findUnanswered } from '../db/emails/unanswered.ts'
import { machineReason } from '../mail/machine-mail.ts'
import { closeMail } from './close-mail.ts'
import type { Run, RunState } from './state.ts'

// Several mails of one person before an answer are one request, answered by one draft: that of the newest which asks.

/** What an owner finds with a mail that another one's draft answers. */
const answeredWith = (subject: string): Reason => ({
  code: 'ANSWERED_WITH',
  text: `It is answered with the newer message “${subject}”.`,
})

/**
 * The new draft takes along what it was told of: older mails wait for the owner as before, their drafts are closed, and a
 * send that has not begun is taken back. One whose send has begun is answered by that. The mails are locked.
 */
export async function joinOlderMails(
  ctx: AppContext,
  trx: Transaction<DB>,
  { input }: Run,
  draft: { id: string; createdAt: string },
  { retrieve }: RunState,
): Promise<void> {
  const { userId, email } = input
  const reason = answeredWith(email.subject)
  for (const { id } of retrieve?.unanswered ?? []) {
    const isClosed = await closeMail(ctx, trx, userId, id, { to: 'needs_review', reason, now: draft.createdAt })
    if (isClosed) await insertDraftEmails(trx, userId, draft.id, [id])
  }
}

/** Where a mail stands whose answer is in the draft of a newer one, by where that one stands. */
const standing: Partial<Record<EmailStatus, EmailStatus>> = {
  needs_review: 'needs_review',
  approved: 'approved',
  sent: 'no_reply',
}

/** A run that ends after a newer mail of the person was worked on: that one's draft answers this mail too, or false. */
export async function joinAnsweringDraft(trx: Transaction<DB>, { input }: Run): Promise<boolean> {
  const { userId, email } = input
  const draft = await findAnsweringDraft(trx, userId, email.id)
  const to = draft && standing[draft.emailStatus]
  if (!to) return false
  await supersedeDrafts(trx, userId, email.id)
  const reasons = [answeredWith(draft.subject)]
  const isMoved = await moveEmail(trx, userId, email.id, { from: ['processing'], to, reasons })
  if (!isMoved) throw new Error('the mail is no longer being processed')
  return true
}

/** A mail that asks nothing changes nothing for what its sender asked before it, and says so. */
export async function openRequestReasons(trx: Transaction<DB>, { input }: Run, isClosed: boolean): Promise<Reason[]> {
  const { userId, email } = input
  if (isClosed || machineReason(email) !== null) return []
  const open = await findUnanswered(trx, userId, email, [email.fromAddress])
  const text = 'It asks nothing new: what was asked before it waits as it is.'
  return open.length > 0 ? [{ code: 'ASKS_NOTHING_NEW', text }] : []
}
