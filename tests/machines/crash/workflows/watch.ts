import { openInbox } from '../../../support/connected-inbox.ts'
import type { Workflow } from '../workflow.ts'

const dayMs = 86_400_000

/** The watch of a mailbox ends tomorrow; the minute's sweep has it renewed. */
export const watchRenewal: Workflow = {
  name: 'watch-renewal',
  async arrange(app) {
    const { owner, mailboxId, receive } = await openInbox(app)
    await receive()
    const tomorrow = new Date(app.clock.now().getTime() + dayMs)
    const watch = { watchExpiresAt: tomorrow.toISOString() }
    await app.db.updateTable('mailboxes').set(watch).where('id', '=', mailboxId).execute()
    return {
      owner,
      act: ({ minute }) => minute(),
      problems({ mailboxes }) {
        const ending = mailboxes.filter(({ watchExpiresAt }) => {
          return watchExpiresAt === null || new Date(watchExpiresAt).getTime() < tomorrow.getTime() + dayMs
        })
        return ending.map(({ watchExpiresAt }) => `the watch was not renewed, it ends at ${watchExpiresAt ?? 'once'}`)
      },
    }
  },
}
