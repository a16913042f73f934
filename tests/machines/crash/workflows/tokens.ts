import { openInbox } from '../../../support/connected-inbox.ts'
import { alreadyDone } from '../already-done.ts'
import type { Workflow } from '../workflow.ts'

/** The access token has ended: the next call to Gmail gets a new one first. */
export const tokenRefresh: Workflow = {
  name: 'token-refresh',
  async arrange(app) {
    const { owner, mailboxId, receive } = await openInbox(app)
    await receive()
    app.google.expireAccessTokens(owner.email)
    return {
      owner,
      async act({ api }) {
        await api.mailboxes.sync.mutate({ mailboxId })
      },
      problems: ({ mailboxes }) =>
        mailboxes.flatMap(({ status }) => (status === 'active' ? [] : [`the mailbox ended as ${status}`])),
    }
  },
}

/** The owner has revoked the grant at Google: the mailbox stops, and they are told once. */
export const deadGrant: Workflow = {
  name: 'dead-grant',
  async arrange(app) {
    const { owner, mailboxId } = await openInbox(app)
    await app.google.revokeGrants(owner.email)
    return {
      owner,
      endsDisconnected: true,
      act: ({ api }) => alreadyDone(['GMAIL_NEEDS_REAUTH'], api.mailboxes.sync.mutate({ mailboxId })),
      problems({ mailboxes, notifications }) {
        const told = notifications.filter(({ kind }) => kind === 'mailbox_needs_reauth').length
        return [
          ...mailboxes.flatMap(({ status }) => (status === 'needs_reauth' ? [] : [`the mailbox ended as ${status}`])),
          ...(told === 1 ? [] : [`the owner was told ${told} times that the grant is dead`]),
        ]
      },
    }
  },
}
