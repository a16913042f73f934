import type { Transaction } from 'kysely'
import type { AppContext } from '../context.ts'
import type { NewDraft } from '../db/draft-store.ts'
import { moveDraft } from '../db/drafts.ts'
import { insertNotification } from '../db/notifications.ts'
import { insertSend } from '../db/outbox.ts'
import type { DB } from '../db/schema.ts'
import { getSettings } from '../db/settings.ts'
import { contentHash } from '../mail/content-hash.ts'
import type { Run } from './state.ts'

/**
 * The gate said yes: the new draft is approved in the agent's name and goes out when the undo window ends, unless the
 * owner cancels it or what is looked at again then says no.
 */
export async function approveAutomatically(
  ctx: AppContext,
  trx: Transaction<DB>,
  { input }: Run,
  draft: NewDraft,
): Promise<void> {
  const { userId, email } = input
  const version = 1
  const approved = await moveDraft(trx, userId, draft.id, { version, from: 'pending', to: 'approved' })
  if (!approved) throw new Error('the new draft cannot be approved')
  const { undoWindowSeconds } = await getSettings(trx, userId)
  const startAfter = new Date(new Date(draft.createdAt).getTime() + undoWindowSeconds * 1_000)
  const { id: outboxId } = await insertSend(trx, userId, {
    draftId: draft.id,
    draftVersion: version,
    emailId: email.id,
    mailboxId: email.mailboxId,
    contentHash: contentHash({ ...draft, version }),
    origin: 'agent',
    notBefore: startAfter.toISOString(),
    createdAt: draft.createdAt,
  })
  await ctx.jobs.enqueue(trx, 'dispatch-outbox', { userId, outboxId }, { startAfter })
  await insertNotification(trx, userId, 'reply_scheduled', { emailId: email.id, draftId: draft.id }, draft.createdAt)
}
