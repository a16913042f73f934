import { createHash } from 'node:crypto'
import type { Transaction } from 'kysely'
import type { Address } from '../../../shared-types/index.ts'
import type { AppContext } from '../../context.ts'
import { findGmailDraftsLeft } from '../../db/emails/removal.ts'
import type { DB } from '../../db/engine/schema.ts'
import type { JobPayload } from '../../jobs/catalog.ts'
import type { ParsedMail, StoredGmailDraft } from '../../mail/fields.ts'
import { wordsOf } from '../../mail/likeness.ts'
import { step } from '../../step.ts'
import { deleteGmailDraft } from './gmail-draft.ts'
import { differencesFrom } from './read-back.ts'

/** Gmail drafts that nobody will send are deleted once these mails are: to be called before they go, in their transaction. */
export async function enqueueDraftDeletions(
  ctx: AppContext,
  trx: Transaction<DB>,
  userId: string,
  emailIds: readonly string[],
): Promise<void> {
  for (const left of await findGmailDraftsLeft(trx, userId, emailIds)) {
    const { id: outboxId, mailboxId, gmailDraftId, threadId, messageId, toAddresses: to, subject, body } = left
    const contentHash = hashOf({ to, subject, plainText: body, inReplyTo: messageId })
    await ctx.jobs.enqueue(trx, 'discard-draft', { userId, mailboxId, outboxId, gmailDraftId, threadId, contentHash })
  }
}

/** Deletes a Gmail draft whose mail is gone, unless the owner has touched it. */
export async function deleteGmailDraftOfRemoved(
  ctx: AppContext,
  left: JobPayload<'discard-draft'>,
  signal: AbortSignal,
): Promise<void> {
  const { userId, mailboxId, outboxId, gmailDraftId } = left
  const mailbox = { userId, mailboxId }
  const gmailDraft = await step('gmail-read-draft', () => ctx.mailSender.readGmailDraft(mailbox, gmailDraftId, signal))
  if (!gmailDraft || !(await isUntouched(ctx, left, gmailDraft))) return
  await deleteGmailDraft({ ctx, userId, signal, send: { id: outboxId, mailboxId } }, gmailDraftId)
}

/**
 * What was approved is not stored any more, but for its hash: the Gmail draft must hold just that, and all else of
 * it must be as we make such a draft.
 */
async function isUntouched(
  ctx: AppContext,
  { outboxId, threadId, contentHash }: JobPayload<'discard-draft'>,
  gmailDraft: StoredGmailDraft,
): Promise<boolean> {
  const { mail } = await ctx.mime.parse(gmailDraft.raw)
  if (!mail || mail.from.address === '' || hashOf(mail) !== contentHash) return false
  const reply = {
    address: mail.from.address,
    displayName: mail.from.name,
    threadId,
    toAddresses: [...mail.to],
    subject: mail.subject,
    body: mail.plainText,
    messageId: mail.inReplyTo,
    inReplyTo: null,
    referenceIds: [...mail.references],
  }
  const approved = { ctx, send: { id: outboxId, origin: 'owner' }, reply } as const
  return (await differencesFrom(approved, gmailDraft)).length === 0
}

function hashOf(content: Pick<ParsedMail, 'subject' | 'plainText' | 'inReplyTo'> & { to: readonly Address[] }): string {
  const { to, subject, plainText, inReplyTo } = content
  const parts = [to.map(({ address }) => address), wordsOf(subject), wordsOf(plainText), inReplyTo]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}
