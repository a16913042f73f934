import type { Draft } from '../../shared-types/index.ts'
import type { NewEmail } from '../../server/db/emails/store.ts'
import { settleThreads } from '../../server/services/sync/thread-changes.ts'
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
export async function newThread(app: TestApp, inbox: Inbox, subject = 'Two drawings'): Promise<OpenThread> {
  const [thread] = await newThreads(app, inbox, [subject])
  if (!thread) throw new Error('the mail has no draft')
  return thread
}

export interface OpenThread {
  readonly draft: Draft
  readonly threadId: string
  readonly version: { readonly draftId: string; readonly version: number }
}

/** Drafts of as many mails, brought in by one sync. */
export async function newThreads(app: TestApp, inbox: Inbox, subjects: readonly string[]): Promise<OpenThread[]> {
  const threadIds = new Map<string, string>()
  for (const subject of subjects)
    threadIds.set(`Re: ${subject}`, (await app.deliver(inbox.owner, { subject })).threadId)
  await inbox.sync()
  const { items } = await inbox.api.drafts.list({ status: 'pending', limit: 100 })
  return items.flatMap((draft) => {
    const threadId = threadIds.get(draft.subject)
    return threadId ? [{ draft, threadId, version: { draftId: draft.id, version: draft.version } }] : []
  })
}

/** What the owner sees of a mail and its draft. */
export async function standingOf(inbox: Inbox, { id, emailId }: { id: string; emailId: string }) {
  const { status, reasons } = await inbox.email(emailId)
  return { email: status, draft: (await inbox.draft(id)).status, reasons }
}

/** Drafts left in the owner's Gmail. */
export const gmailDrafts = (app: TestApp, inbox: Inbox) => app.google.drafts(inbox.owner.email)
