import { openInbox } from '../../../support/connected-inbox.ts'
import { alreadyDone } from '../already-done.ts'
import type { Workflow } from '../workflow.ts'

/** The agent reads a mail that asks for a meeting, and drafts the reply. */
export const process: Workflow = {
  name: 'process',
  async arrange(app) {
    const inbox = await openInbox(app, { processOnSync: false, classifyOnSync: false })
    const text = 'Hello Mara,\r\n\r\ncould we meet on Thursday for half an hour? I have some questions.\r\n\r\nAda'
    const { id: emailId } = await inbox.receive({ subject: 'Can we meet?', text })
    return {
      owner: inbox.owner,
      act: ({ api }) => alreadyDone(['EMAIL_IN_PROGRESS'], api.emails.process.mutate({ emailId })),
      problems({ emails, drafts }) {
        const email = emails.find(({ id }) => id === emailId)
        const waits = drafts.filter((draft) => draft.emailId === emailId && draft.status === 'pending').length
        // A run that failed every time ends in review without a draft; its reason is looked for elsewhere.
        return email?.status === 'needs_review' && waits <= 1 ? [] : [`the mail ended as ${email?.status ?? 'nothing'}`]
      },
    }
  },
}

/** The same with a model that costs: what it may cost is set aside before each call, and settled after it. */
export const processPaid: Workflow = {
  name: 'process-paid',
  isPaid: true,
  async arrange(app) {
    const arranged = await process.arrange(app)
    return {
      ...arranged,
      problems: (ending) => [
        ...arranged.problems(ending),
        ...(ending.spend.some(({ settledTokens }) => settledTokens > 0) ? [] : ['nothing was charged']),
      ],
    }
  },
}
