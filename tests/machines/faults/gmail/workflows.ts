import type { Config } from '../../../../server/config.ts'
import type { UpstreamKind } from '../../../../server/errors.ts'
import type { JobName } from '../../../../server/jobs/catalog.ts'
import type { TestApp, TestOwner } from '../../../support/app.ts'
import { openInbox } from '../../../support/connected-inbox.ts'
import { push } from '../../../support/push.ts'
import { approveNew, injectFault } from '../../../support/sending.ts'

/** Something the product does by itself, from the moment before it begins. */
export interface Workflow {
  readonly job: JobName
  /** How many replies go out by it, or have gone out when it begins. */
  readonly replies: 0 | 1
  readonly config?: Partial<Config>
  /** What it goes through without any fault. */
  readonly meets?: UpstreamKind
  /** A fresh owner for whom the job is due, or who only needs it enqueued. */
  prepare(app: TestApp): Promise<{ owner: TestOwner; mailboxId: string }>
}

const onlyStored = { autonomy: 'off', classifyOnSync: false } as const

async function withNewMail(app: TestApp) {
  const inbox = await openInbox(app, onlyStored)
  const known = await app.deliver(inbox.owner, { subject: 'Known and unread' })
  await inbox.sync()
  await app.deliver(inbox.owner, { subject: 'New' })
  await app.deliver(inbox.owner, { subject: 'New as well' })
  app.google.byHand(inbox.owner.email).label(known.id, { remove: ['UNREAD'] })
  return inbox
}

/** The run over new mail of a muted conversation is about to begin. */
async function withMuted(app: TestApp) {
  const inbox = await openInbox(app)
  const among = { to: `${inbox.owner.email}, bob@engine.example`, subject: 'Drawings' }
  const first = '<first@engine.example>'
  const { threadId } = await app.deliver(inbox.owner, { ...among, messageId: first, text: 'Thank you very much!' })
  await inbox.sync()
  app.google.byHand(inbox.owner.email).mute(threadId)
  await app.deliver(inbox.owner, { ...among, subject: 'Re: Drawings', inReplyTo: first })
  const payload = { userId: inbox.userId, mailboxId: inbox.mailboxId }
  await app.handlers['sync-mailbox']({ id: 'first', payload, isLastTry: false, signal: new AbortController().signal })
  return inbox
}

async function withApproved(app: TestApp) {
  const inbox = await openInbox(app)
  await approveNew(inbox)
  return inbox
}

/** The first try of an approved reply has ended so, and nobody knows what became of it. */
async function withSending(app: TestApp, fault: 'answerLost' | 'reset') {
  const inbox = await withApproved(app)
  injectFault(app, inbox, 'send', fault)
  await app.drain()
  return inbox
}

export const workflows = {
  firstImport: {
    job: 'sync-mailbox',
    replies: 0,
    async prepare(app) {
      const owner = await app.newOwner()
      await app.as(owner).settings.update(onlyStored)
      const connected = await app.connect(owner)
      await app.deliver(owner, { subject: 'From a client' })
      await app.deliver(owner, { subject: 'To a client', direction: 'out' })
      return { owner, ...connected }
    },
  },
  newMail: { job: 'sync-mailbox', replies: 0, prepare: withNewMail },
  resync: {
    job: 'sync-mailbox',
    replies: 0,
    meets: 'history_expired',
    async prepare(app) {
      const inbox = await withNewMail(app)
      app.google.expireHistory(inbox.owner.email)
      return inbox
    },
  },
  expiredToken: {
    job: 'sync-mailbox',
    replies: 0,
    async prepare(app) {
      const inbox = await withNewMail(app)
      app.google.expireAccessTokens(inbox.owner.email)
      const tokenExpiresAt = app.clock.now().toISOString()
      await app.db.updateTable('mailboxes').set({ tokenExpiresAt }).where('id', '=', inbox.mailboxId).execute()
      return inbox
    },
  },
  muted: { job: 'process-email', replies: 0, prepare: withMuted },
  approved: { job: 'dispatch-outbox', replies: 1, prepare: withApproved },
  lostAnswer: { job: 'dispatch-outbox', replies: 1, prepare: (app) => withSending(app, 'answerLost') },
  lostSend: { job: 'dispatch-outbox', replies: 1, prepare: (app) => withSending(app, 'reset') },
  orphanSweep: {
    job: 'sweep-drafts',
    replies: 1,
    async prepare(app) {
      const inbox = await withApproved(app)
      // The draft is made, nobody learns its id, and another one is made and sent.
      injectFault(app, inbox, 'create', 'answerLost')
      await app.drainDelayed()
      await app.drainDelayed()
      await inbox.sync()
      app.clock.advance(2 * 3_600_000)
      return inbox
    },
  },
  watch: { job: 'renew-watch', replies: 0, config: { push }, prepare: (app) => openInbox(app, onlyStored) },
} as const satisfies Record<string, Workflow>

export type WorkflowName = keyof typeof workflows
