import type { Draft, EmailItem, UpdateSettingsInput } from '../../shared-types/index.ts'
import type { TestApp } from './app.ts'
import type { MailToWrite } from './mail.ts'

export type Inbox = Awaited<ReturnType<typeof openInbox>>

/** A fresh owner with a connected, imported, empty mailbox. Approved replies are due at once unless a test says otherwise. */
export async function openInbox(app: TestApp, settings: UpdateSettingsInput = {}) {
  const owner = await app.newOwner()
  const { mailboxId } = await app.connect(owner)
  const api = app.as(owner)
  await api.settings.update({ undoWindowSeconds: 0, ...settings })
  await app.drain()

  async function sync(): Promise<void> {
    await api.mailboxes.sync({ mailboxId })
    await app.drain()
  }

  /** The mail arrives, is read and worked on; answers it as the owner sees it. */
  async function receive(mail: MailToWrite = {}): Promise<EmailItem> {
    const { threadId } = await app.deliver(owner, mail)
    await sync()
    const { items } = await api.emails.list({ threadId, flow: mail.direction ?? 'in' })
    return found(items[0], 'the mail that was delivered')
  }

  return {
    owner,
    userId: owner.userId,
    mailboxId,
    api,
    sync,
    receive,
    /** A mail arrives, and its draft waits for review. */
    async newDraft(mail: MailToWrite = {}): Promise<Draft> {
      const { draft } = await receive(mail)
      const { items } = await api.drafts.list({ limit: 100 })
      return found(
        items.find(({ id }) => id === draft?.id),
        'its draft',
      )
    },
    async emails(): Promise<EmailItem[]> {
      return (await api.emails.list({ limit: 100 })).items
    },
    email: (emailId: string) => api.emails.get({ emailId }),
    draft: (draftId: string) => api.drafts.get({ draftId }),
    mailbox: async () => found((await api.mailboxes.list()).items[0], 'the mailbox'),
    /** The outbox rows of this owner, oldest first. */
    outbox: () =>
      app.db.selectFrom('outbox').where('userId', '=', owner.userId).selectAll().orderBy('createdAt').execute(),
    async notifications(): Promise<string[]> {
      const rows = await app.db
        .selectFrom('notifications')
        .where('userId', '=', owner.userId)
        .select('kind')
        .orderBy('id')
        .execute()
      return rows.map(({ kind }) => kind)
    },
    /** What really left the mailbox through the product. */
    async sent() {
      const messages = await app.google.messages(owner.email)
      return messages.filter(isSentByUs)
    },
    /** Requests Google saw for this mailbox. */
    requests: (method: string, path: RegExp) =>
      app.google.journal.filter(
        (entry) => entry.email === owner.email && entry.method === method && path.test(entry.path),
      ),
  }
}

/** Whether a mail left its mailbox through the product. */
export function isSentByUs({ labelIds, raw }: { labelIds: readonly string[]; raw: Buffer }): boolean {
  return labelIds.includes('SENT') && /^x-reasonflow-outbox:/im.test(raw.toString())
}

/** What the clock's minute would do: everything due or left behind is found and run. */
export async function sweep(app: TestApp): Promise<void> {
  await app.db.transaction().execute((trx) => app.ctx.jobs.enqueue(trx, 'sweep-due', {}))
  await app.drainDelayed()
}

function found<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`${what} is not there`)
  return value
}
