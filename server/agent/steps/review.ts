import type { AgentStep, StepContext } from '../agent-step.ts'
import { reviewReply } from '../policy.ts'
import { promisesWork } from '../promises.ts'
import type { DraftFacts } from '../review-facts.ts'
import { withoutSignature } from '../signature.ts'
import type { RunInput, RunState, Verdict } from '../state.ts'
import { changingFacts, storedFacts } from '../stored-facts.ts'
import { topicsOf } from '../topics.ts'

/** Puts the stored facts and the draft before the policy; what was not to be sent before it was written is not sent. */
export const review: AgentStep<'review'> = {
  name: 'review',
  async run(run) {
    const verdict = await judge(run)
    return { addition: verdict, output: verdict, ...(verdict.kind === 'ask' && { mode: 'reviewOnly' as const }) }
  },
}

async function judge({ ctx, input, state }: StepContext): Promise<Verdict> {
  const changing = await changingFacts(ctx.db, ctx, input, state)
  const verdict = reviewReply({ ...changing, ...storedFacts(input, state), ...draftFacts(input, state) })
  if (state.gate?.mode === 'maySend') return verdict
  const now = verdict.kind === 'ask' ? verdict.reasons : []
  const codes = new Set(now.map(({ code }) => code))
  const before = (state.gate?.reasons ?? []).filter(({ code }) => !codes.has(code))
  return { kind: 'ask', reasons: [...before, ...now] }
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
