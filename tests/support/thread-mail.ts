import type { NewEmail } from '../../server/db/email-store.ts'
import { settleThreads } from '../../server/services/thread-changes.ts'
import type { TestApp } from './app.ts'
import type { Inbox } from './connected-inbox.ts'
import { newEmailRow } from './rows.ts'

/** A mail is stored as the sync stores it: in one transaction with what it settles in its thread. Answers its id. */
export function arrive(
  { ctx, clock }: TestApp,
  { userId, mailboxId, owner }: Pick<Inbox, 'userId' | 'mailboxId' | 'owner'>,
  mail: Partial<NewEmail>,
): Promise<string> {
  return ctx.db.transaction().execute(async (trx) => {
    const emailId = await newEmailRow(
      trx,
      { userId, mailboxId, address: owner.email },
      { receivedAt: clock.now(), ...mail },
    )
    await settleThreads(ctx, trx, userId, [emailId])
    return emailId
  })
}

/** A draft that waits for review, and the thread of the mail it answers. */
export async function newThread(inbox: Inbox, subject = 'Two drawings') {
  const draft = await inbox.newDraft({ subject })
  const { threadId } = await inbox.email(draft.emailId)
  return { draft, threadId, version: { draftId: draft.id, version: draft.version } }
}

/** What the owner sees of a mail and its draft. */
export async function standingOf(inbox: Inbox, { id, emailId }: { id: string; emailId: string }) {
  const { status, reasons } = await inbox.email(emailId)
  return { email: status, draft: (await inbox.draft(id)).status, reasons }
}

/** Drafts left in the owner's Gmail. */
export const gmailDrafts = (app: TestApp, inbox: Inbox) => app.google.drafts(inbox.owner.email)
