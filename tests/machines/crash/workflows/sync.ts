import type { TestApp } from '../../../support/app.ts'
import { openInbox } from '../../../support/connected-inbox.ts'
import { push, pushBody, pushClaims } from '../../../support/push.ts'
import type { Ending } from '../ending.ts'
import type { Workflow } from '../workflow.ts'

/** A mailbox with some history, and what has happened in Gmail since the last sync. */
async function arrangeChanges(app: TestApp) {
  const inbox = await openInbox(app)
  const receive = async (subject: string) => {
    const { id } = await app.deliver(inbox.owner, { subject, messageId: `<${subject}@engine.example>` })
    return id
  }
  await receive('old')
  await receive('answered')
  const [read, deleted] = [await receive('read'), await receive('deleted')]
  await inbox.sync()

  const inGmail = app.google.byHand(inbox.owner.email)
  inGmail.label(read, { remove: ['UNREAD'] })
  inGmail.delete(deleted)
  await app.deliver(inbox.owner, { direction: 'out', subject: 'Re: answered', inReplyTo: '<answered@engine.example>' })
  await app.deliver(inbox.owner, { subject: 'Re: old', inReplyTo: '<old@engine.example>', text: 'Still there?' })
  await app.deliver(inbox.owner, { subject: 'New', from: 'Charles <charles@engine.example>' })
  await inbox.api.settings.update({ autonomy: 'off', classifyOnSync: true })
  return inbox
}

/** Nothing that came was forgotten, and no draft waits in a thread that has gone on. */
function problems({ emails, runs, drafts }: Ending): string[] {
  const forgotten = emails.filter(({ id, direction }) => {
    return direction === 'in' && !runs.some(({ emailId }) => emailId === id)
  })
  const waiting = drafts.filter(({ status }) => status === 'pending')
  const subjects = waiting.map((draft) => emails.find(({ id }) => id === draft.emailId)?.subject)
  return [
    ...forgotten.map(({ subject }) => `nobody ever worked on the mail "${subject}"`),
    ...subjects.filter((subject) => subject !== 'read').map((subject) => `a draft still waits for "${subject}"`),
  ]
}

/** What happened since the last sync, found by the minute's sweep. */
export const incrementalSync: Workflow = {
  name: 'incremental-sync',
  async arrange(app) {
    const { owner, api } = await arrangeChanges(app)
    await api.settings.update({ syncFrequencyMinutes: 1 })
    return { owner, act: ({ minute }) => minute(), problems }
  },
}

/** The same, told by Google's push. */
export const pushedSync: Workflow = {
  name: 'pushed-sync',
  async arrange(app) {
    const { owner } = await arrangeChanges(app)
    return {
      owner,
      async act({ url, google, email }) {
        const headers = { authorization: `Bearer ${google.sign(pushClaims({ aud: push.audience }))}` }
        const body = pushBody({ emailAddress: email, historyId: '1' })
        const { status } = await fetch(`${url}/api/v1/gmail/push`, { method: 'POST', headers, body })
        if (status !== 204) throw new Error(`the push was answered with ${status}`)
      },
      problems,
    }
  },
}

/** The same once more, but Gmail no longer knows the cursor. */
export const resync: Workflow = {
  name: 'resync',
  async arrange(app) {
    const { owner, mailboxId } = await arrangeChanges(app)
    app.google.expireHistory(owner.email)
    return {
      owner,
      async act({ api }) {
        await api.mailboxes.sync.mutate({ mailboxId })
      },
      problems,
    }
  },
}
