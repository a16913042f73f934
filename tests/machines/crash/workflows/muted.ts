import { openInbox } from '../../../support/connected-inbox.ts'
import type { Workflow } from '../workflow.ts'

/** New mail comes in a conversation that the owner has muted in Gmail. */
export const muted: Workflow = {
  name: 'muted',
  async arrange(app) {
    const inbox = await openInbox(app)
    const among = { to: `${inbox.owner.email}, bob@engine.example`, subject: 'Drawings' }
    const messageId = '<drawings@engine.example>'
    const { threadId } = await app.deliver(inbox.owner, { ...among, messageId, text: 'Thank you very much!' })
    await app.deliver(inbox.owner, { subject: 'Something else' })
    await inbox.sync()
    app.google.byHand(inbox.owner.email).mute(threadId)
    await app.deliver(inbox.owner, { ...among, subject: 'Re: Drawings', inReplyTo: messageId })
    const { mailboxId } = inbox
    return {
      owner: inbox.owner,
      async act({ api }) {
        await api.mailboxes.sync.mutate({ mailboxId })
      },
      problems({ emails, drafts, runs }) {
        const email = emails.find(({ subject }) => subject === 'Re: Drawings')
        const made = drafts.filter(({ emailId }) => emailId === email?.id).length
        const seen = `${email?.status}, ${made} drafts`
        // Where Gmail's answer is lost a draft waits for the owner; where no try worked, the mail itself.
        const hasFailed = runs.some((run) => run.emailId === email?.id && run.status === 'failed')
        const right = ['no_reply, 0 drafts', hasFailed ? 'needs_review, 0 drafts' : 'needs_review, 1 drafts']
        return right.includes(seen) ? [] : [`the muted mail is ${seen}`]
      },
    }
  },
}
