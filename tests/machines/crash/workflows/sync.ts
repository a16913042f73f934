import type { TestApp } from '../../../support/app.ts'
import { openInbox } from '../../../support/connected-inbox.ts'
import { pushBody, pushClaims } from '../../../support/push.ts'
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
  return inbox
}

/** Mail that came and that nobody ever worked on. */
function forgotten({ emails, runs }: Ending): string[] {
  const inbound = emails.filter(({ direction }) => direction === 'in')
  const without = inbound.filter(({ id }) => !runs.some(({ emailId }) => emailId === id))
  return without.map(({ subject }) => `nobody ever worked on the mail "${subject}"`)
}

/** Who was answered or is gone has no draft any more; who only wrote again keeps theirs. */
function misjudged({ emails, drafts }: Ending): string[] {
  const waiting = drafts.filter(({ status }) => status === 'pending')
  const subjects = waiting.map((draft) => emails.find(({ id }) => id === draft.emailId)?.subject ?? '')
  const open = ['old', 'read']
  return [
    ...subjects.filter((subject) => !open.includes(subject)).map((subject) => `a draft still waits for "${subject}"`),
    ...open.filter((subject) => !subjects.includes(subject)).map((subject) => `"${subject}" has lost its draft`),
  ]
}

/** What happened since the last sync, found by the minute's sweep. */
export const incrementalSync: Workflow = {
  name: 'incremental-sync',
  async arrange(app) {
    const { owner, api } = await arrangeChanges(app)
    await api.settings.update({ syncFrequencyMinutes: 1, autonomy: 'off', classifyOnSync: true })
    return { owner, act: ({ minute }) => minute(), problems: (end) => [...forgotten(end), ...misjudged(end)] }
  },
}

/** Google's push tells that something has happened. */
export const pushedSync: Workflow = {
  name: 'pushed-sync',
  async arrange(app) {
    const inbox = await openInbox(app)
    const { id } = await app.deliver(inbox.owner)
    await inbox.sync()
    app.google.byHand(inbox.owner.email).label(id, { remove: ['UNREAD'] })
    return {
      owner: inbox.owner,
      async act({ url, google, email }) {
        const headers = { authorization: `Bearer ${google.sign(pushClaims())}` }
        const body = pushBody({ emailAddress: email, historyId: '1' })
        const { status } = await fetch(`${url}/api/v1/gmail/push`, { method: 'POST', headers, body })
        if (status !== 204) throw new Error(`the push was answered with ${status}`)
      },
      // Whether the change is known at the end is asked of every workflow.
      problems: () => [],
    }
  },
}

/** Much has happened, and Gmail no longer knows the cursor. */
export const resync: Workflow = {
  name: 'resync',
  async arrange(app) {
    const { owner, mailboxId, api } = await arrangeChanges(app)
    await api.settings.update({ processOnSync: false, classifyOnSync: false })
    app.google.expireHistory(owner.email)
    return {
      owner,
      async act({ api }) {
        await api.mailboxes.sync.mutate({ mailboxId })
      },
      problems: misjudged,
    }
  },
}
