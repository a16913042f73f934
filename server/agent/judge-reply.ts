import type { AppContext } from '../context.ts'
import { contextItems } from './context-facts.ts'
import { reviewReply } from './policy.ts'
import { promisesWork } from './promises.ts'
import type { DraftFacts } from './review-facts.ts'
import { withoutSignature } from './signature.ts'
import type { RunInput, RunState, Verdict } from './state.ts'
import { changingFacts, storedFacts } from './stored-facts.ts'
import { topicsOf } from './topics.ts'
import { unsupportedDetails } from './unsupported-details.ts'

/** Puts the stored facts and the draft before the policy. */
export async function judgeReply(ctx: AppContext, input: RunInput, state: RunState): Promise<Verdict> {
  const changing = await changingFacts(ctx.db, ctx, input, state)
  return reviewReply({ ...changing, ...(await storedFacts(ctx.db, input, state)), ...draftFacts(input, state) })
}

function draftFacts({ settings }: RunInput, state: RunState): DraftFacts {
  const { retrieve, execute, generate } = state
  const leftOut = generate?.leftOut ?? []
  // The owner has read and approved the words of a template: what is asked of free text says nothing of them.
  const body = generate?.template ? '' : withoutSignature(generate?.body ?? '', settings.signature)
  const shared = contextItems(state).filter(
    ({ kind, source }) => (kind === 'note' || kind === 'template') && source.audience === 'correspondent',
  )
  const sources = [...shared.map(({ text }) => text), ...(execute?.slots ?? [])]
  return {
    openQuestionCount: generate?.openQuestions.length ?? 0,
    answersSeveral: (retrieve?.unanswered.length ?? 0) > 0,
    draftTopics: topicsOf(body),
    leftOutLink: leftOut.includes('link'),
    leftOutPhone: leftOut.includes('phone'),
    leftOutIban: leftOut.includes('iban'),
    promisesWork: promisesWork(body),
    draftLength: body.length,
    hasUnsupportedDetail: unsupportedDetails(body, sources).length > 0,
  }
}
