import { openInbox } from '../../../support/connected-inbox.ts'
import { alreadyDone } from '../already-done.ts'
import type { Workflow } from '../workflow.ts'

/** The owner deletes their account while a draft waits and a reply has gone out: nothing of theirs is left. */
export const accountDelete: Workflow = {
  name: 'account-delete',
  async arrange(app) {
    const { owner, newDraft, api } = await openInbox(app)
    const { id: draftId, version } = await newDraft({ subject: 'Answered' })
    await api.drafts.approve({ acceptOpenQuestions: true, draftId, version })
    await app.drainDelayed()
    await newDraft({ subject: 'Still undecided' })
    return {
      owner,
      endsDisconnected: true,
      endsDeleted: true,
      // Whoever got no answer is told that they are signed in no more.
      act: ({ api: client }) =>
        alreadyDone(['UNAUTHENTICATED'], client.auth.deleteAccount.mutate({ password: 'correct horse battery' })),
      problems: () => [],
    }
  },
}
