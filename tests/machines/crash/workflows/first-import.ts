import { newInbox } from '../../../support/inbox.ts'
import type { MailToWrite } from '../../../support/mail.ts'
import type { Workflow } from '../workflow.ts'

/** Two pages of mail, most of it the owner's own, which nobody works on. */
const mails: readonly MailToWrite[] = [
  { subject: 'How much is it?' },
  ...Array.from({ length: 54 }, (_, index): MailToWrite => ({ direction: 'out', subject: `Note ${index}` })),
  { subject: 'Newsletter', headers: ['List-Unsubscribe: <mailto:stop@engine.example>'] },
]

/** A mailbox is read for the first time. */
export const firstImport: Workflow = {
  name: 'first-import',
  async arrange(app) {
    const owner = await newInbox(app, ...mails)
    await app.as(owner).settings.update({ autonomy: 'off', classifyOnSync: true })
    return {
      owner,
      async act({ api }) {
        await api.mailboxes.sync.mutate({ mailboxId: owner.mailboxId })
      },
      problems({ emails, runs }) {
        const inbound = emails.filter(({ direction }) => direction === 'in')
        const unread = inbound.filter(({ id }) => !runs.some(({ emailId }) => emailId === id))
        return unread.map(({ gmailId }) => `nobody ever classified the mail ${gmailId}`)
      },
    }
  },
}
