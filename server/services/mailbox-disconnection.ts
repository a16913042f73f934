import type { Transaction } from 'kysely'
import type { DisconnectMailboxInput, Reason } from '../../shared-types/index.ts'
import type { AppContext } from '../context.ts'
import { writeAudit } from '../db/accounts/audit.ts'
import { detachIdentity } from '../db/accounts/google-identities.ts'
import { insertNotification } from '../db/accounts/notifications.ts'
import { moveEmails } from '../db/emails/status.ts'
import type { DB } from '../db/engine/schema.ts'
import { closeMailbox, detachMailbox, lockMailbox } from '../db/mailboxes/disconnection.ts'
import { tokenPlace } from '../db/mailboxes/tokens.ts'
import { endRuns, lockOpenRunsOfMailbox } from '../db/runs/of-mailbox.ts'
import { lockMailsOfDraft, moveMailsOfDraft } from '../db/sending/draft-emails.ts'
import { moveDraft } from '../db/sending/drafts.ts'
import { cancelUnsent, findReadyOfMailbox } from '../db/sending/of-mailbox.ts'
import { lockMails } from '../db/sending/thread-changes.ts'
import { AppError } from '../errors.ts'
import type { MailboxRef } from '../ports.ts'
import { inTransaction } from '../step.ts'
import { enqueueRevocation } from './grant-revocation.ts'

/**
 * Nothing is read from the mailbox or sent by it any more, from this moment on: its tokens are gone, its runs have ended,
 * and approved replies that nobody has begun to send are back in review. One whose sending had begun ends as sent or
 * unknown, as ever. The grant is ended at Google by a job. Kept mail waits for the mailbox to be connected again;
 * deleted mail goes in the background. NOT_FOUND.
 */
export async function disconnectMailbox(
  ctx: AppContext,
  userId: string,
  { mailboxId, storedMail }: DisconnectMailboxInput,
): Promise<{ ok: true }> {
  await inTransaction(ctx, 'disconnect-mailbox', async (trx) => {
    const isForGood = storedMail === 'delete'
    const isNew = await (isForGood ? disconnectForGood : disconnect)(ctx, trx, { userId, mailboxId })
    if (isForGood) {
      await ctx.jobs.enqueue(trx, 'delete-mailbox', { userId, mailboxId })
    } else if (!isNew) return
    const detail = { mailboxId, storedMail }
    await writeAudit(trx, userId, { at: ctx.clock.now(), action: 'MAILBOX_DISCONNECTED', detail })
  })
  return { ok: true }
}

/** The same for a mailbox that is to be removed; its Google account is free at once. */
export async function disconnectForGood(ctx: AppContext, trx: Transaction<DB>, mailbox: MailboxRef): Promise<boolean> {
  const isNew = await disconnect(ctx, trx, mailbox)
  await detachIdentity(trx, mailbox.userId, mailbox.mailboxId)
  await detachMailbox(trx, mailbox.userId, mailbox.mailboxId)
  return isNew
}

/** Whether it was connected until now; NOT_FOUND. The mailbox comes last, as in a sync: run, mails, send, draft, mailbox. */
async function disconnect(ctx: AppContext, trx: Transaction<DB>, mailbox: MailboxRef): Promise<boolean> {
  const { userId, mailboxId } = mailbox
  await endOpenRuns(ctx, trx, mailbox)
  await takeBackReplies(ctx, trx, mailbox)
  const found = await lockMailbox(trx, userId, mailboxId)
  if (!found) throw new AppError('NOT_FOUND', 'There is no such mailbox.')
  const refreshToken = openToken(ctx, mailbox, found.refreshToken)
  if (!(await closeMailbox(trx, userId, mailboxId))) return false
  const { googleSubject } = found
  if (refreshToken !== null) await enqueueRevocation(ctx, trx, { googleSubject, refreshToken })
  return true
}

const reason: Reason = {
  code: 'MAILBOX_DISCONNECTED',
  text: 'You disconnected this mailbox: nothing is sent by it, nor drafted for it, until you connect it again.',
}

async function endOpenRuns(ctx: AppContext, trx: Transaction<DB>, { userId, mailboxId }: MailboxRef): Promise<void> {
  const runs = await lockOpenRunsOfMailbox(trx, userId, mailboxId)
  const finishedAt = ctx.clock.now().toISOString()
  const emailIds = runs.filter(({ scope }) => scope === 'full').map(({ emailId }) => emailId)
  if (emailIds.length > 0) await lockMails(trx, userId, emailIds)
  const ids = runs.map(({ id }) => id)
  await endRuns(trx, userId, ids, { error: 'the mailbox was disconnected', finishedAt })
  const to = { from: ['pending', 'processing'], to: 'needs_review', reasons: [reason] } as const
  await moveEmails(trx, userId, emailIds, to)
}

async function takeBackReplies(
  ctx: AppContext,
  trx: Transaction<DB>,
  { userId, mailboxId }: MailboxRef,
): Promise<void> {
  const now = ctx.clock.now().toISOString()
  for (const { id, draftId, draftVersion: version, emailId } of await findReadyOfMailbox(trx, userId, mailboxId)) {
    await lockMailsOfDraft(trx, userId, draftId)
    if (!(await cancelUnsent(trx, userId, id, { settledAt: now, reasons: [reason] }))) continue
    await moveDraft(trx, userId, draftId, { version, from: 'approved', to: 'pending' })
    const back = { from: ['approved'], to: 'needs_review', reasons: [reason] } as const
    await moveMailsOfDraft(trx, userId, { draftId, emailId }, back)
    await insertNotification(trx, userId, 'send_withdrawn', { emailId, draftId }, now)
  }
}

/** Null when there is none, or its key is gone: that keeps nobody from taking their mailbox away. */
function openToken(ctx: AppContext, { userId, mailboxId }: MailboxRef, sealed: Buffer | null): string | null {
  if (sealed === null) return null
  try {
    return ctx.sealer.open(sealed, tokenPlace(userId, mailboxId, 'refresh_token'))
  } catch (error) {
    ctx.logger.warn({ err: error, userId, mailboxId }, 'the grant of a mailbox cannot be read, and is not revoked')
    return null
  }
}
