import { faultMatrix } from '../../../../google-sandbox/sandbox.ts'
import type { UpdateSettingsInput } from '../../../../shared-types/index.ts'
import type { TestApp } from '../../../support/app.ts'
import { openInbox } from '../../../support/connected-inbox.ts'
import { alreadyDone } from '../already-done.ts'
import type { Ending } from '../ending.ts'
import type { Person, Workflow } from '../workflow.ts'

/** A draft that waits for its owner. */
async function arrangeDraft(app: TestApp, settings: UpdateSettingsInput = {}) {
  const { owner, newDraft } = await openInbox(app, settings)
  const { id: draftId, version } = await newDraft()
  return { owner, draft: { draftId, version } }
}

/** Again, it is approved already, or has gone out meanwhile. */
function approve({ api }: Person, draft: { draftId: string; version: number }): Promise<void> {
  return alreadyDone(
    ['DRAFT_ALREADY_APPROVED', 'DRAFT_NOT_PENDING'],
    api.drafts.approve.mutate({ ...draft, acceptOpenQuestions: true }),
  )
}

function outcomesBut(expected: readonly string[], { outbox }: Ending): string[] {
  if (outbox.length === 0) return ['the approved reply has no entry in the outbox']
  const others = outbox.filter(({ state }) => !expected.includes(state))
  return others.map(({ state }) => `the reply ended as ${state}, not as ${expected.join(' or ')}`)
}

/** From the approval to the reply that is under way. */
export const send: Workflow = {
  name: 'send',
  async arrange(app) {
    const { owner, draft } = await arrangeDraft(app)
    return { owner, act: (person) => approve(person, draft), problems: (ending) => outcomesBut(['SENT'], ending) }
  },
}

/** Gmail sends the reply, and its answer is lost on the way. */
export const sendAnswerLost: Workflow = {
  name: 'send-answer-lost',
  async arrange(app) {
    const { owner, draft } = await arrangeDraft(app)
    return {
      owner,
      async act(person) {
        const match = { method: 'POST', path: /\/drafts\/send$/, email: owner.email }
        person.google.inject({ match, kind: 'answer-lost' })
        await approve(person, draft)
      },
      problems: (ending) => outcomesBut(['SENT'], ending),
    }
  },
}

/**
 * Gmail refuses the reply for good; if nobody got to know of it, it may be asked again and agree. A refusal that comes
 * when Gmail was away for longer than its view may lag behind settles nothing: an earlier try may have gone through.
 */
export const sendRefused: Workflow = {
  name: 'send-refused',
  async arrange(app) {
    const { owner, draft } = await arrangeDraft(app)
    return {
      owner,
      async act(person) {
        if (await isBackInReview(person, draft.draftId)) return
        const match = { method: 'POST', path: /\/drafts\/send$/, email: owner.email }
        person.google.inject({ match, kind: faultMatrix.invalidArgument })
        await approve(person, draft)
      },
      problems: (ending) => outcomesBut(['REJECTED', 'SENT', ...(wasAwayLong(ending) ? ['UNKNOWN'] : [])], ending),
    }
  },
}

/** Who got no answer to their approval looks first what became of it. */
async function isBackInReview({ api }: Person, draftId: string): Promise<boolean> {
  const { status, reasons } = await api.drafts.get.query({ draftId })
  return status === 'pending' && reasons.some(({ code }) => code === 'SEND_REFUSED')
}

function wasAwayLong({ outbox }: Ending): boolean {
  return outbox.every(({ sendingSince, settledAt }) => {
    return sendingSince !== null && settledAt !== null && Date.parse(settledAt) - Date.parse(sendingSince) >= 600_000
  })
}

/** The owner agrees, thinks better of it within the undo window, and is told that nothing goes out. */
export const sendUndone: Workflow = {
  name: 'send-undone',
  async arrange(app) {
    const { owner, draft } = await arrangeDraft(app, { undoWindowSeconds: 3_600 })
    return {
      owner,
      async act(person) {
        await approve(person, draft)
        await person.api.drafts.cancelSend.mutate(draft)
      },
      problems: (ending) => outcomesBut(['CANCELLED'], ending),
    }
  },
}
