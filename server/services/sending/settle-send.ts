import type { Transaction } from 'kysely'
import type { DraftStatus, EmailStatus, NotificationKind, Reason } from '../../../shared-types/index.ts'
import { enqueueSend } from '../../agent/enqueue-send.ts'
import type { AppContext } from '../../context.ts'
import { noteContacted } from '../../db/emails/contacts.ts'
import { lockMailsOfDraft, moveMailsOfDraft } from '../../db/sending/draft-emails.ts'
import { moveDraft } from '../../db/sending/drafts.ts'
import { insertNotification } from '../../db/accounts/notifications.ts'
import { type ClaimedSend, type SendState, updateSend } from '../../db/sending/sends.ts'
import type { loadReply } from '../../db/sending/begin-sending.ts'
import type { DB } from '../../db/engine/schema.ts'
import { sendsSettled } from '../../metrics.ts'
import { inTransaction } from '../../step.ts'

/** Until an unknown send is looked for again the first time; each pause after is as long as all the time before it. */
const firstRecheckMs = 15 * 60_000

/** One claimed send with all that belongs to it. */
export interface ActiveSend {
  readonly ctx: AppContext
  readonly userId: string
  readonly send: ClaimedSend
  readonly reply: NonNullable<Awaited<ReturnType<typeof loadReply>>>
  readonly signal: AbortSignal
}

interface Settlement {
  readonly from: SendState
  readonly to: Exclude<SendState, 'READY' | 'SENDING' | 'NOT_SENT'>
  readonly draft: { readonly from: DraftStatus; readonly to: DraftStatus }
  readonly email: { readonly from: EmailStatus; readonly to: EmailStatus }
  readonly reasons?: readonly Reason[]
  readonly error?: string
  readonly gmailDraftId?: null
  readonly gmailMessageId?: string
  readonly retryAt?: string
  readonly notify?: Extract<NotificationKind, `send_${string}`>
}

/** It is out, by Gmail's own word; also when that comes so late that the owner has been asked already. */
export function settleAsSent(active: ActiveSend, gmailMessageId: string): Promise<void> {
  const { userId, send, reply } = active
  const settlement = send.state === 'UNKNOWN' ? foundLate : sent
  return settle(active, { ...settlement, gmailMessageId }, async (trx, now) => {
    for (const { address } of reply.toAddresses) await noteContacted(trx, userId, address, now)
  })
}

const sent: Settlement = {
  from: 'SENDING',
  to: 'SENT',
  draft: { from: 'sending', to: 'sent' },
  email: { from: 'approved', to: 'sent' },
}

const foundLate: Settlement = {
  from: 'UNKNOWN',
  to: 'SENT',
  draft: { from: 'unknown', to: 'sent' },
  email: { from: 'needs_review', to: 'sent' },
  reasons: [{ code: 'SEND_FOUND', text: 'Your reply went out: it stands in its conversation in Gmail.' }],
  notify: 'send_found',
}

/** Refused for good, and nothing went out: the draft waits for review again, with the reason. */
export function settleAsRejected(active: ActiveSend, from: 'READY' | 'SENDING', reason: Reason): Promise<void> {
  return settle(active, {
    from,
    to: 'REJECTED',
    draft: { from: from === 'READY' ? 'approved' : 'sending', to: 'pending' },
    email: { from: 'approved', to: 'needs_review' },
    reasons: [reason],
    error: reason.text,
    notify: 'send_rejected',
  })
}

/** Nobody can know: the owner looks into Gmail and says, unless the reply shows itself first. Never sent again. */
export function settleAsUnknown(active: ActiveSend, reasons = unknownOutcome(active)): Promise<void> {
  const { ctx } = active
  return settle(active, {
    from: 'SENDING',
    to: 'UNKNOWN',
    draft: { from: 'sending', to: 'unknown' },
    email: { from: 'approved', to: 'needs_review' },
    reasons,
    retryAt: new Date(ctx.clock.now().getTime() + firstRecheckMs).toISOString(),
    notify: 'send_unknown',
  })
}

function unknownOutcome({ reply }: ActiveSend): readonly Reason[] {
  const people = reply.toAddresses.map(({ address }) => address).join(', ')
  return [
    {
      code: 'SEND_UNKNOWN',
      text: 'It is not known whether your reply went out: Gmail gave no answer, and its conversation does not show it.',
    },
    {
      code: 'SEND_UNKNOWN_IF_FOUND',
      text: `Look into Gmail, at the conversation “${reply.subject}” and at Sent. If your reply to ${people} is there, it was sent: say so, and all is done.`,
    },
    {
      code: 'SEND_UNKNOWN_IF_MISSING',
      text: 'If it is missing, or only among the drafts, it was not sent: say so, and you may approve it again.',
    },
  ]
}

/**
 * It may not go out as things are: back to review with the reasons, and nothing went out. Its Gmail draft is deleted, but
 * with `keepsGmailDraft` left to the owner: no send names it any more.
 */
export function withdraw(
  active: ActiveSend,
  reasons: readonly Reason[],
  { keepsGmailDraft = false } = {},
): Promise<void> {
  return settle(active, {
    ...(keepsGmailDraft && { gmailDraftId: null }),
    from: 'READY',
    to: 'CANCELLED',
    draft: { from: 'approved', to: 'pending' },
    email: { from: 'approved', to: 'needs_review' },
    reasons,
    notify: 'send_withdrawn',
  })
}

const neverSent: readonly SendState[] = ['CANCELLED', 'REJECTED']

/** Send, draft and mail move together or not at all; a worker that lost its claim changes nothing. */
async function settle(
  { ctx, userId, send }: ActiveSend,
  { from, to, draft, email, reasons = [], error, gmailDraftId, gmailMessageId, retryAt, notify }: Settlement,
  effects?: (trx: Transaction<DB>, now: string) => Promise<void>,
): Promise<void> {
  const now = ctx.clock.now().toISOString()
  await inTransaction(ctx, `settle-${to.toLowerCase()}`, async (trx) => {
    await lockMailsOfDraft(trx, userId, send.draftId)
    const gmailDraft = await updateSend(trx, userId, send, [from], {
      state: to,
      settledAt: now,
      leaseUntil: null,
      reasons: to === 'SENT' ? [] : reasons,
      ...(error ? { error } : {}),
      ...(gmailDraftId === null ? { gmailDraftId } : {}),
      ...(gmailMessageId ? { gmailMessageId } : {}),
      ...(retryAt ? { retryAt } : {}),
    })
    // Gmail should not keep what nobody will send.
    if (neverSent.includes(to) && gmailDraft) {
      await enqueueSend(ctx, trx, userId, send.id)
    }
    await moveDraft(trx, userId, send.draftId, { version: send.draftVersion, ...draft })
    const { from: earlier, to: later } = email
    const why = reasons.length > 0 ? { reasons } : {}
    await moveMailsOfDraft(trx, userId, send, { from: [earlier], to: later, ...why })
    if (notify) await insertNotification(trx, userId, notify, { emailId: send.emailId, draftId: send.draftId }, now)
    await effects?.(trx, now)
  })
  sendsSettled.inc({ state: to.toLowerCase() })
  const line = { userId, outboxId: send.id, mailboxId: send.mailboxId, state: to, reasons: reasons.map(codeOf) }
  if (to === 'SENT') ctx.logger.info(line, 'a send has ended')
  else ctx.logger.warn(line, 'a send has ended')
}

/** Their texts may name people and subjects. */
function codeOf({ code }: Reason): Reason['code'] {
  return code
}
