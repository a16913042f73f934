import type { TestApp } from '../../../support/app.ts'
import { type Inbox, openInbox } from '../../../support/connected-inbox.ts'
import type { Asked } from './verdict.ts'

/** What the soak asks of the product: mails that need a run each, and replies that need a send each. */
export interface Load extends Asked {
  /** That many more mails arrive, spread over the owners, who are synced. */
  deliver(count: number): Promise<void>
  /** Approves up to that many drafts that wait; answers how many there were. */
  approve(count: number): Promise<number>
}

export async function openLoad(app: TestApp, owners: number): Promise<Load> {
  const inboxes: Inbox[] = []
  for (let index = 0; index < owners; index++) inboxes.push(await openInbox(app, { syncFrequencyMinutes: 1 }))
  let mails = 0
  let sends = 0
  return {
    inboxes,
    get mails() {
      return mails
    },
    get sends() {
      return sends
    },
    async deliver(count) {
      const reached = new Set<Inbox>()
      for (let index = 0; index < count; index++) {
        const inbox = inboxes[mails % inboxes.length]
        if (!inbox) throw new Error('there is no owner')
        mails += 1
        const subject = `Question ${mails} about the difference engine`
        await app.deliver(inbox.owner, { subject, from: `Ada ${mails} <ada.${mails}@engine.example>` })
        reached.add(inbox)
      }
      for (const { api, mailboxId } of reached) await api.mailboxes.sync({ mailboxId })
    },
    async approve(count) {
      let approved = 0
      for (const { api } of inboxes) {
        const left = Math.min(count - approved, 100)
        if (left <= 0) break
        const { items } = await api.drafts.list({ status: 'pending', limit: left })
        for (const { id: draftId, version } of items) {
          await api.drafts.approve({ acceptOpenQuestions: true, draftId, version })
          approved += 1
        }
      }
      sends += approved
      return approved
    },
  }
}
