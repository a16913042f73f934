import type { Transaction } from 'kysely'
import type { Reason } from '../../../shared-types/index.ts'
import { closeMail } from '../../agent/close-mail.ts'
import { enqueueSend } from '../../agent/enqueue-send.ts'
import type { AppContext } from '../../context.ts'
import { lockAlsoAnswered } from '../../db/sending/draft-emails.ts'
import { findNewerInThread } from '../../db/emails/retrieval.ts'
import { findLiveRun } from '../../db/runs/runs.ts'
import { moveEmail } from '../../db/emails/status.ts'
import type { DB } from '../../db/engine/schema.ts'
import { makeRecheckDue } from '../../db/sending/sends.ts'
import { lockIfOpen, lockOpenMails, lockThreads } from '../../db/sending/thread-changes.ts'
import { settledByNewer } from '../../mail/newer-in-thread.ts'
import { enqueueRun } from '../runs.ts'

/**
 * Closes what newly stored mails have settled in their threads: the owner or somebody else has answered. To be called in
 * the transaction that stored them, before it writes contacts or enqueues runs; a run at work looks for itself when it ends. Says the same however often and in whatever order mail arrives.
 */
export async function settleThreads(
  ctx: AppContext,
  trx: Transaction<DB>,
  userId: string,
  emailIds: readonly string[],
): Promise<void> {
  if (emailIds.length === 0) return
  await lockThreads(trx, userId, emailIds)
  for (const mail of await lockOpenMails(trx, userId, emailIds)) {
    await recheckUnknownSend(ctx, trx, userId, mail.id)
    const reason = settledByNewer(mail, await findNewerInThread(trx, userId, mail))
    const now = ctx.clock.now().toISOString()
    if (reason) await closeMail(ctx, trx, userId, mail.id, { to: 'no_reply', reason, now })
  }
}

/** Something has come into the thread of this mail: a reply of unknown outcome may have shown itself, and is looked for. */
async function recheckUnknownSend(
  ctx: AppContext,
  trx: Transaction<DB>,
  userId: string,
  emailId: string,
): Promise<void> {
  const unknown = await makeRecheckDue(trx, userId, emailId, ctx.clock.now().toISOString())
  if (unknown) await enqueueSend(ctx, trx, userId, unknown.id)
}

/**
 * Takes mails out of the owner's hands, for that reason: their drafts are closed and sends that have not
 * begun are cancelled. A send that has begun stays, and with it its mail.
 */
export async function withdrawEmails(
  ctx: AppContext,
  trx: Transaction<DB>,
  userId: string,
  emailIds: readonly string[],
  reason: Reason,
): Promise<void> {
  if (emailIds.length === 0) return
  for (const { id } of await lockIfOpen(trx, userId, emailIds)) {
    const now = ctx.clock.now().toISOString()
    const isClosed = await closeMail(ctx, trx, userId, id, { to: 'no_reply', reason, now })
    if (isClosed) await enqueueRunForRest(ctx, trx, userId, id)
  }
}

/** What the drafts of a withdrawn mail were to answer too is worked on anew: the newest of it takes the rest along. */
async function enqueueRunForRest(
  ctx: AppContext,
  trx: Transaction<DB>,
  userId: string,
  emailId: string,
): Promise<void> {
  const left = await lockAlsoAnswered(trx, userId, emailId)
  for (const { id } of left) await moveEmail(trx, userId, id, { from: ['approved'], to: 'needs_review' })
  const newest = left.toSorted((a, b) => b.receivedAt.localeCompare(a.receivedAt))[0]
  if (!newest || (await findLiveRun(trx, userId, newest.id))) return
  await enqueueRun(ctx, trx, userId, newest.id, { scope: 'full' })
}
