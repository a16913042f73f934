import type { TestApp } from './app.ts'
import type { Inbox } from './connected-inbox.ts'

/** What is stored of a mailbox, by Gmail id: labels in order, and whether it is only kept for a send. */
export async function storedMail({ db }: TestApp, { userId, mailboxId }: Pick<Inbox, 'userId' | 'mailboxId'>) {
  const rows = await db
    .selectFrom('emails')
    .where('userId', '=', userId)
    .where('mailboxId', '=', mailboxId)
    .select(['gmailId', 'labels', 'goneAt'])
    .execute()
  return new Map(rows.map(({ gmailId, labels, goneAt }) => [gmailId, { labels: labels.toSorted(), isGone: !!goneAt }]))
}

/** Labels by Gmail id, here and in Gmail, of what belongs to an inbox; equal when a sync has done its work. */
export async function bothSides(app: TestApp, inbox: Inbox) {
  const messages = await app.google.messages(inbox.owner.email)
  const inGmail = messages.filter(({ labelIds }) => !labelIds.some((label) => apart.includes(label)))
  const stored = await storedMail(app, inbox)
  return {
    here: Object.fromEntries([...stored].map(([gmailId, { labels }]) => [gmailId, labels])),
    inGmail: Object.fromEntries(inGmail.map(({ id, labelIds }) => [id, labelIds.toSorted()])),
  }
}

const apart = ['DRAFT', 'SPAM', 'TRASH', 'CHAT']

/** The messages that could not be read yet. */
export function quarantined({ db }: TestApp, { userId }: Pick<Inbox, 'userId'>) {
  return db
    .selectFrom('quarantinedMessages')
    .where('userId', '=', userId)
    .select(['gmailId', 'reason', 'tries', 'retryAt'])
    .orderBy('gmailId')
    .execute()
}

/** When and how a mailbox is tried again. */
export function syncState({ db }: TestApp, { userId, mailboxId }: Pick<Inbox, 'userId' | 'mailboxId'>) {
  return db
    .selectFrom('mailboxes')
    .where('userId', '=', userId)
    .where('id', '=', mailboxId)
    .select(['historyId', 'failures', 'tokenRefusals', 'retryAt', 'lastTriedAt', 'leaseUntil', 'resyncHistoryId'])
    .executeTakeFirstOrThrow()
}
