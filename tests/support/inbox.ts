import type { EmailItem, Trace } from '../../shared-types/index.ts'
import type { TestApp, TestOwner } from './app.ts'
import type { MailToWrite } from './mail.ts'

/** A new owner whose connected mailbox holds these mails, a minute apart unless they say when; nothing has run yet. */
export async function newInbox(app: TestApp, ...mails: MailToWrite[]): Promise<TestOwner & { mailboxId: string }> {
  const owner = await app.newOwner()
  const { mailboxId } = await app.connect(owner)
  const now = app.clock.now().getTime()
  for (const [index, mail] of mails.entries())
    await app.deliver(owner, { at: new Date(now - (mails.length - index) * 60_000), ...mail })
  return { ...owner, mailboxId }
}

/** The newest inbound mail with this subject. */
export async function findMail(app: TestApp, owner: TestOwner, subject: string): Promise<EmailItem> {
  const { items } = await app.as(owner).emails.list({ flow: 'in', limit: 100 })
  const found = items.find((item) => item.subject === subject)
  if (!found) throw new Error(`no mail with the subject ${subject}`)
  return found
}

/** The newest run over a mail. */
export async function findTrace(app: TestApp, owner: TestOwner, emailId: string): Promise<Trace> {
  const { items } = await app.as(owner).traces.list({ emailId })
  const [newest] = items
  if (!newest) throw new Error('no run of this mail')
  return app.as(owner).traces.get({ traceId: newest.id })
}

/** The one draft that waits for review. */
export async function findDraft(app: TestApp, owner: TestOwner) {
  const { items } = await app.as(owner).drafts.list({ status: 'pending' })
  const [draft] = items
  if (!draft || items.length > 1) throw new Error(`${items.length} drafts wait for review`)
  return draft
}
