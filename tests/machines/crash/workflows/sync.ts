import type { TestApp } from '../../../support/app.ts'
import { openInbox } from '../../../support/connected-inbox.ts'
import type { Ending } from '../ending.ts'
import type { Workflow } from '../workflow.ts'

/** A mailbox with some history, and what has happened in it since the last sync. */
async function arrangeChanges(app: TestApp) {
  const inbox = await openInbox(app)
  await inbox.newDraft({ subject: 'Old', messageId: '<old@engine.example>' })
  await inbox.newDraft({ subject: 'To be answered in Gmail', messageId: '<by-hand@engine.example>' })
  await app.deliver(inbox.owner, { subject: 'Re: Old', inReplyTo: '<old@engine.example>', text: 'Are you there?' })
  await app.deliver(inbox.owner, { subject: 'New', from: 'Charles <charles@engine.example>' })
  await app.deliver(inbox.owner, { direction: 'out', subject: 'Re: by hand', inReplyTo: '<by-hand@engine.example>' })
  return inbox
}

function unread({ emails, runs }: Ending): string[] {
  const inbound = emails.filter(({ direction, subject }) => direction === 'in' && subject !== 'One more')
  const forgotten = inbound.filter(({ id }) => !runs.some(({ emailId }) => emailId === id))
  return forgotten.map(({ subject }) => `nobody ever worked on the mail "${subject}"`)
}

/** What came since the last sync, found by the minute's sweep. */
export const incrementalSync: Workflow = {
  name: 'incremental-sync',
  async arrange(app) {
    const { owner, api } = await arrangeChanges(app)
    await api.settings.update({ syncFrequencyMinutes: 1, autonomy: 'off', classifyOnSync: true })
    return { owner, act: ({ minute }) => minute(), problems: unread }
  },
}

/** The same, but Gmail no longer knows the cursor. */
export const resync: Workflow = {
  name: 'resync',
  async arrange(app) {
    const { owner, mailboxId, api } = await arrangeChanges(app)
    await api.settings.update({ autonomy: 'off', classifyOnSync: true })
    app.google.expireHistory(owner.email)
    return {
      owner,
      async act({ api }) {
        await api.mailboxes.sync.mutate({ mailboxId })
      },
      problems: unread,
    }
  },
}
