import type { TestApp } from '../../../support/app.ts'
import { openInbox } from '../../../support/connected-inbox.ts'
import { alreadyDone } from '../already-done.ts'
import type { Ending } from '../ending.ts'
import type { Person, Workflow } from '../workflow.ts'

/** A draft waits; the owner agrees to it. */
async function arrangeDraft(app: TestApp) {
  const { owner, newDraft } = await openInbox(app)
  const { id: draftId, version } = await newDraft()
  return { owner, draftId, version }
}

/** Again, it is approved already, or has gone out meanwhile. */
function approve(api: Person['api'], draft: { draftId: string; version: number }): Promise<void> {
  return alreadyDone(['DRAFT_ALREADY_APPROVED', 'DRAFT_NOT_PENDING'], api.drafts.approve.mutate(draft))
}

function statesOtherThan(expected: string, { outbox }: Ending): string[] {
  const others = outbox.filter(({ state }) => state !== expected)
  return [
    ...(outbox.length === 0 ? ['the approved reply has no entry in the outbox'] : []),
    ...others.map(({ state }) => `the reply ended as ${state}, not as ${expected}`),
  ]
}

/** From the approval to the reply that is under way. */
export const send: Workflow = {
  name: 'send',
  async arrange(app) {
    const { owner, draftId, version } = await arrangeDraft(app)
    return {
      owner,
      act: ({ api }) => approve(api, { draftId, version }),
      problems: (ending) => statesOtherThan('SENT', ending),
    }
  },
}

/** Gmail sends the reply, and its answer is lost on the way. */
export const sendAnswerLost: Workflow = {
  name: 'send-answer-lost',
  async arrange(app) {
    const { owner, draftId, version } = await arrangeDraft(app)
    return {
      owner,
      async act({ api, google, email }) {
        google.inject({ match: { method: 'POST', path: /\/drafts\/send$/, email }, kind: 'answer-lost' })
        await approve(api, { draftId, version })
      },
      problems: (ending) => statesOtherThan('SENT', ending),
    }
  },
}
