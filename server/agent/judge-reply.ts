import type { AppContext } from '../context.ts'
import { reviewReply } from './policy.ts'
import { promisesWork } from './promises.ts'
import type { DraftFacts } from './review-facts.ts'
import { withoutSignature } from './signature.ts'
import type { RunInput, RunState, Verdict } from './state.ts'
import { changingFacts, storedFacts } from './stored-facts.ts'
import { topicsOf } from './topics.ts'

/** Puts the stored facts and the draft before the policy. */
export async function judgeReply(ctx: AppContext, input: RunInput, state: RunState): Promise<Verdict> {
  const changing = await changingFacts(ctx.db, ctx, input, state)
  return reviewReply({ ...changing, ...storedFacts(input, state), ...draftFacts(input, state) })
}

function draftFacts({ settings }: RunInput, { retrieve, generate }: RunState): DraftFacts {
  const leftOut = generate?.leftOut ?? []
  const body = withoutSignature(generate?.body ?? '', settings.signature)
  return {
    openQuestionCount: generate?.openQuestions.length ?? 0,
    answersSeveral: (retrieve?.unanswered.length ?? 0) > 0,
    draftTopics: topicsOf(body),
    leftOutLink: leftOut.includes('link'),
    leftOutPhone: leftOut.includes('phone'),
    leftOutIban: leftOut.includes('iban'),
    promisesWork: promisesWork(body),
  }
}
