import type { Kysely } from 'kysely'
import type { DraftStatus, EmailStatus } from '../../shared-types/index.ts'
import type { AppContext } from '../context.ts'
import { touchContact } from '../db/contacts.ts'
import { moveDraft } from '../db/drafts.ts'
import { lockEmailState } from '../db/emails.ts'
import { insertNotification, type NotificationKind } from '../db/notifications.ts'
import { type ClaimedEntry, type loadReply, moveEntry, type OutboxState } from '../db/outbox.ts'
import { moveEmail } from '../db/runs.ts'
import type { DB } from '../db/schema.ts'
import { step } from '../step.ts'

/** One claimed send with all that belongs to it. */
export interface Dispatch {
  readonly ctx: AppContext
  readonly userId: string
  readonly entry: ClaimedEntry
  readonly reply: NonNullable<Awaited<ReturnType<typeof loadReply>>>
  readonly signal: AbortSignal
}

interface Settlement {
  readonly from: OutboxState
  readonly to: OutboxState
  readonly draft: { readonly from: DraftStatus; readonly to: DraftStatus }
  readonly email: EmailStatus
  readonly reasons?: readonly string[]
  readonly error?: string
  readonly gmailMessageId?: string
  readonly notify?: NotificationKind
}

export function settleAsSent(dispatch: Dispatch, gmailMessageId: string): Promise<void> {
  const to = dispatch.reply.toAddresses.map((person) => person.address)
  return settle(
    dispatch,
    { from: 'SENDING', to: 'SENT', draft: { from: 'sending', to: 'sent' }, email: 'sent', gmailMessageId },
    async (trx, now) => {
      for (const address of to) await touchContact(trx, dispatch.userId, address, now)
    },
  )
}

/** Refused for good, and nothing went out: the draft waits for review again, with the reason. */
export function settleAsRejected(dispatch: Dispatch, from: 'READY' | 'SENDING', reason: string): Promise<void> {
  const draft = { from: from === 'READY' ? 'approved' : 'sending', to: 'pending' } as const
  return settle(dispatch, {
    from,
    to: 'REJECTED',
    draft,
    email: 'needs_review',
    reasons: [reason],
    error: reason,
    notify: 'send_rejected',
  })
}

/** Nobody can know: the owner looks into Gmail and says. Never sent again by itself. */
export function settleAsUnknown(dispatch: Dispatch): Promise<void> {
  const reasons = [
    'It is not known whether your reply went out: Gmail did not answer, and the thread does not show it.',
    'Look into Gmail. If it is there, all is well; if not, the reply was not sent.',
  ]
  const draft = { from: 'sending', to: 'unknown' } as const
  return settle(dispatch, {
    from: 'SENDING',
    to: 'UNKNOWN',
    draft,
    email: 'needs_review',
    reasons,
    notify: 'send_unknown',
  })
}

/** The approval does not fit any more: back to review, nothing went out. */
export function withdraw(dispatch: Dispatch, reason: string): Promise<void> {
  const draft = { from: 'approved', to: 'pending' } as const
  return settle(dispatch, { from: 'READY', to: 'CANCELLED', draft, email: 'needs_review', reasons: [reason] })
}

/** Entry, draft and mail move together or not at all; a worker that lost its claim changes nothing. */
async function settle(
  { ctx, userId, entry }: Dispatch,
  { from, to, draft, email, reasons, error, gmailMessageId, notify }: Settlement,
  effects?: (trx: Kysely<DB>, now: string) => Promise<void>,
): Promise<void> {
  const now = ctx.clock.now().toISOString()
  await step(`settle-${to.toLowerCase()}`, () =>
    ctx.db.transaction().execute(async (trx) => {
      await lockEmailState(trx, userId, entry.emailId)
      const moved = await moveEntry(trx, userId, entry, [from], {
        state: to,
        settledAt: now,
        leaseUntil: null,
        ...(error ? { error } : {}),
        ...(gmailMessageId ? { gmailMessageId } : {}),
      })
      if (!moved) throw new Error('this send was settled by another worker')
      await moveDraft(trx, userId, entry.draftId, { version: entry.draftVersion, ...draft })
      await moveEmail(trx, userId, entry.emailId, { from: ['approved'], to: email, ...(reasons ? { reasons } : {}) })
      if (notify) await insertNotification(trx, userId, notify, { emailId: entry.emailId, draftId: entry.draftId }, now)
      await effects?.(trx, now)
    }),
  )
}
