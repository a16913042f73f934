import type { Transaction } from 'kysely'
import type { AppContext } from '../context.ts'
import { moveDraft } from '../db/sending/drafts.ts'
import { insertSend, type NewSend } from '../db/sending/sends.ts'
import type { DB } from '../db/engine/schema.ts'
import { writeAudit } from '../db/accounts/audit.ts'
import { getSettings } from '../db/accounts/settings.ts'
import { AppError } from '../errors.ts'
import { contentHash } from '../mail/content-hash.ts'
import { enqueueSend } from './enqueue-send.ts'
import { isHourGone } from './hold-hours.ts'

interface Approval extends Pick<NewSend, 'draftId' | 'mailboxId' | 'origin'> {
  readonly version: number
  readonly approvedAt: Date
  /** It goes out no sooner than then. */
  readonly sendAt?: Date | undefined
}

/**
 * The yes to exactly this version of a draft, the owner's or the gate's: it goes out when the undo window ends, unless it
 * is cancelled or what is checked again then says no. False when it is another version by now, or does not wait any more.
 * SLOT_TAKEN when an hour it offers was promised to somebody else meanwhile.
 */
export async function approve(
  ctx: AppContext,
  trx: Transaction<DB>,
  userId: string,
  { draftId, version, mailboxId, origin, approvedAt, sendAt }: Approval,
): Promise<boolean> {
  const draft = await moveDraft(trx, userId, draftId, { version, from: 'pending', to: 'approved' })
  if (!draft) return false
  if (await isHourGone(trx, userId, draft.traceId, approvedAt)) {
    const message = 'An hour of this draft was promised to somebody else meanwhile. Ask for another draft (regenerate).'
    throw new AppError('SLOT_TAKEN', message)
  }
  const { undoWindowSeconds } = await getSettings(trx, userId)
  const undoUntil = approvedAt.getTime() + undoWindowSeconds * 1_000
  const notBefore = new Date(Math.max(undoUntil, sendAt?.getTime() ?? 0))
  const send = await insertSend(trx, userId, {
    draftId,
    draftVersion: version,
    emailId: draft.emailId,
    mailboxId,
    contentHash: contentHash({ ...draft, to: draft.toAddresses }),
    origin,
    notBefore: notBefore.toISOString(),
    createdAt: approvedAt.toISOString(),
  })
  await enqueueSend(ctx, trx, userId, send.id, notBefore)
  const detail = { draftId, version: String(version) }
  await writeAudit(trx, userId, { at: approvedAt, actor: origin, action: 'DRAFT_APPROVED', detail })
  return true
}
