import type { Reason } from '../../../shared-types/index.ts'
import type { AgentStep } from '../agent-step.ts'
import { modeOf } from '../policy.ts'
import { changingFacts, storedFacts } from '../stored-facts.ts'

/** Fixes by stored facts what the run may come to, so that what is looked up for it can be chosen by that. */
export const gate: AgentStep<'gate'> = {
  name: 'gate',
  isInward: true,
  async run({ ctx, input, state }) {
    const facts = { ...(await changingFacts(ctx.db, ctx, input, state)), ...(await storedFacts(ctx.db, input, state)) }
    const judged = modeOf(facts)
    // What was looked up already, was looked up for the owner's eyes; what they took part in is theirs to see.
    const isForOwner = state.retrieve !== undefined || input.request !== null
    const reasons = input.request?.byProgram ? [...judged.reasons, askedByProgram] : judged.reasons
    const addition = isForOwner ? { mode: 'reviewOnly' as const, reasons } : judged
    return { addition, output: addition, mode: addition.mode }
  },
}

const askedByProgram: Reason = { code: 'REVIEW_ONLY', text: 'A program asked for this draft: it is for you to read.' }
